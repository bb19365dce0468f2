"""Cables that are pulled: between nodes, brokers and clients."""

import cluster as kafka
import net
from report import Row
from scene import Scene
from served import Served

BROKERS = ["k1", "k2", "k3"]
SERVING = ["a", "b", "c"]


def pulled(options, rounds):
    """By turns: the node from all brokers, one broker from all, two brokers from each other."""
    names = [*BROKERS, "node"]
    with net.Network(names) as network:
        hosts = [(network.hosts[name].address, network.hosts[name].prefix) for name in BROKERS]
        with kafka.Cluster(kafka.new_folder(), 3, hosts=hosts) as cluster:
            prefix = network.hosts["node"].prefix
            with Scene(options, cluster, "cables", prefix=prefix) as scene:
                scene.ask_on()
                for number in range(rounds):
                    scene.wait_accepted(5)
                    cut(network, cluster, number)
                    scene.pause(5, 1)
                    heal(network)
                    cluster.wait_ready()
                scene.wait_accepted()
                return Row("network cut", rounds, rounds, scene.judge())


def cut(network, cluster, number):
    if number % 3 == 0:
        network.pull("node")
    elif number % 3 == 1:
        network.pull(BROKERS[number // 3 % 3])
    else:
        network.part(BROKERS[number // 3 % 3], BROKERS[(number // 3 + 1) % 3])


def heal(network):
    for name in network.hosts:
        network.plug(name)
    network.join_all()


def serving(options, rounds):
    """Of three serving nodes the one that leads is cut from the broker, then from the clients, then
    from the other nodes."""
    with net.Network(["k1", *SERVING]) as network:
        host = network.hosts["k1"]
        with kafka.Cluster(kafka.new_folder(), hosts=[(host.address, host.prefix)]) as cluster:
            with Served(options, cluster, "cut", network) as scene:
                scene.ask_on()
                for number in range(rounds):
                    scene.wait_accepted(5)
                    cut_leader(network, scene, number)
                    scene.wait_accepted(20)
                    heal(network)
                scene.wait_accepted(5)
                return Row("network of serving nodes cut", rounds, rounds, scene.judge())


def cut_leader(network, scene, number):
    leader = scene.owner()
    if number % 3 == 0:
        network.part(leader.name, "k1")
        scene.owner(besides=leader)
    elif number % 3 == 1:
        # The others pass on to it what they are asked.
        network.hide(leader.name)
    else:
        for node in scene.nodes:
            if node is not leader:
                network.part(leader.name, node.name)
