"""Nodes come and go every two seconds, several at a time, each claiming the book."""

import threading
import time

import cluster as kafka
from report import Row
from scene import Scene


def nodes(options, rounds):
    """At most one node acknowledges at any time; the longest time without any is told."""
    with kafka.Cluster(kafka.new_folder()) as cluster, Scene(options, cluster, "churn") as scene:
        scene.ask_on()
        alive = [scene.leader]
        for number in range(rounds):
            started = time.monotonic()
            node = scene.start("abcd"[(number + 1) % 4])
            if node.wait_ready():
                scene.leader = node
            alive.append(node)
            time.sleep(max(0.0, 2 - (time.monotonic() - started)))
            if len(alive) > 3:
                oldest = alive.pop(0)
                threading.Thread(target=oldest.stop, daemon=True).start()
        scene.wait_accepted()
        return Row("nodes come and go", rounds, rounds, scene.judge())
