"""Cables that are pulled: between the node and the brokers, and between the brokers."""

import cluster as kafka
import net
from report import Row
from scene import Scene

BROKERS = ["k1", "k2", "k3"]


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
