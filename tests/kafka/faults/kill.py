"""Processes that are killed: the node that writes, the only broker, one of three, two of three."""

import signal
import time

import cluster as kafka
from report import Row
from scene import Scene


def node(options, rounds):
    """kill -9 of the leading node at random points; another takes over at once."""
    with kafka.Cluster(kafka.new_folder()) as cluster, Scene(
        options, cluster, "kill node"
    ) as scene:
        scene.ask_on()
        names = ["a", "b", "c"]
        for number in range(rounds):
            scene.wait_accepted(name=names[number % 3])
            scene.pause(0.3)
            scene.leader.kill()
            scene.lead(names[(number + 1) % 3])
        scene.wait_accepted()
        return Row("node killed", rounds, rounds, scene.judge())


def only_broker(options, rounds):
    """kill -9 of the only broker; its folder is what it left."""
    with kafka.Cluster(kafka.new_folder()) as cluster, Scene(options, cluster, "broker") as scene:
        scene.ask_on()
        for _ in range(rounds):
            scene.wait_accepted(5)
            scene.pause(0.5)
            restart(cluster, [cluster.nodes[0]], scene)
        scene.wait_accepted()
        return Row("only broker killed", rounds, rounds, scene.judge())


def restart(cluster, nodes, scene, away=0.0):
    for one in nodes:
        one.kill()
    time.sleep(away)
    for one in nodes:
        one.start()
    cluster.wait_ready()
    scene.ensure_leader("a")


def one_of_three(options, rounds):
    """kill -9 of each broker in turn, back in step before the next."""
    with kafka.Cluster(kafka.new_folder(), 3) as cluster:
        with Scene(options, cluster, "rolling") as scene:
            scene.ask_on()
            for number in range(rounds):
                victim = cluster.nodes[number % 3]
                scene.wait_accepted(5)
                victim.kill()
                # The book goes on with two brokers, and again when the third has come back.
                scene.wait_accepted(5)
                victim.start()
                cluster.wait_ready()
            scene.wait_accepted()
            return Row("one broker of three killed", rounds, rounds, scene.judge())


def two_of_three(options, rounds):
    """With two brokers dead nothing may be accepted; with them back everything goes on."""
    with kafka.Cluster(kafka.new_folder(), 3) as cluster:
        with Scene(options, cluster, "two dead") as scene:
            scene.ask_on()
            lies = []
            for number in range(rounds):
                scene.wait_accepted(5)
                victims = [cluster.nodes[number % 3], cluster.nodes[(number + 1) % 3]]
                for victim in victims:
                    victim.kill()
                # What was under way may be answered still.
                time.sleep(2)
                before = scene.accepted
                time.sleep(4)
                if scene.accepted != before:
                    lies.append(f"{scene.accepted - before} were accepted with two brokers dead")
                restart(cluster, victims, scene)
                scene.wait_accepted(5)
            verdict = scene.judge()
            verdict.problems += lies
            return Row("two brokers of three killed", rounds, 2 * rounds, verdict)


def zombie(options, rounds):
    """The leader is stopped as it writes, another takes over and writes, the first one wakes up."""
    with kafka.Cluster(kafka.new_folder()) as cluster, Scene(options, cluster, "zombie") as scene:
        scene.ask_on(6)
        names = ["a", "b"]
        for number in range(rounds):
            scene.wait_accepted(3, name=names[number % 2])
            scene.pause(0.1)
            old = scene.leader
            old.signal(signal.SIGSTOP)
            scene.lead(names[(number + 1) % 2])
            scene.wait_accepted(3, name=names[(number + 1) % 2])
            old.signal(signal.SIGCONT)
            scene.pause(0.3, 0.1)
            old.kill()
        return Row("zombie", rounds, rounds, scene.judge())
