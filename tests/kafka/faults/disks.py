"""Full disks: under the broker, under the node. Space returns, and the book goes on."""

import subprocess
import time
from contextlib import contextmanager

import cluster as kafka
from report import Row
from scene import Scene

BROKERS_BYTES = 96 << 20
# A node's segments double in size up to 64 MiB, and the next one must fit besides.
NODES_BYTES = 384 << 20


@contextmanager
def small_disk(folder, size):
    """A disk in memory; in this process's own mount namespace, so it goes when the process goes."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def fill(folder):
    """Takes all the space there is; removing the file gives it back."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(1 << 16))
        except OSError:
            pass
    return filler


def under_broker(options, rounds):
    folder = kafka.new_folder()
    with small_disk(kafka.Path(folder), BROKERS_BYTES) as disk:
        settings = {"log.index.size.max.bytes": 1 << 16, "log.segment.bytes": 8 << 20}
        with kafka.Cluster(disk / "cluster", settings=settings) as cluster:
            nodes = kafka.Path(kafka.new_folder())
            with Scene(options, cluster, "broker disk", folder=nodes) as scene:
                scene.ask_on()
                for _ in range(rounds):
                    scene.wait_accepted(5)
                    filler = fill(disk)
                    scene.pause(5, 3)
                    filler.unlink()
                    come_back(cluster, scene)
                scene.wait_accepted()
                return Row("full disk under the broker", rounds, rounds, scene.judge())


def come_back(cluster, scene):
    """A broker whose disk was full stops by itself, or at the next write; it is started again."""
    cluster.nodes[0].kill()
    cluster.nodes[0].start()
    cluster.wait_ready()
    scene.ensure_leader("a")


def under_node(options, rounds):
    """The node goes on by itself, and every other time as one that is started again."""
    with kafka.Cluster(kafka.new_folder()) as cluster:
        with small_disk(kafka.Path(kafka.new_folder()), NODES_BYTES) as disk:
            with Scene(options, cluster, "node disk", folder=disk) as scene:
                scene.ask_on()
                ended = 0
                for number in range(rounds):
                    scene.wait_accepted(5)
                    filler, leader = fill(disk), scene.leader
                    time.sleep(4)
                    filler.unlink()
                    if number % 2:
                        leader.kill()
                        scene.lead("a")
                    else:
                        scene.wait_accepted(5)
                        ended += scene.leader is not leader
                scene.wait_accepted()
                row = Row("full disk under the node", rounds, rounds, scene.judge())
    if ended:
        row.verdict.problems.append(f"{ended} nodes ended when their disk was full")
    return row
