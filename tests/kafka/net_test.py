"""Cables are pulled: a cluster on hosts of its own loses one, goes on, and gets it back."""

import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import cluster as kafka  # noqa: E402
import net  # noqa: E402
import wire  # noqa: E402

PATIENCE_SECONDS = 60


def eventually(attempt):
    """Tries again until it works; a cut connection or a missing leader is no failure yet."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except (OSError, wire.KafkaError, AssertionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class Cables(unittest.TestCase):
    def test_a_network_follows_another_whose_programs_have_not_ended(self):
        with net.Network(["k1"]) as network:
            left = subprocess.Popen([*network.hosts["k1"].prefix, "sleep", "60"])
        try:
            with net.Network(["k1"]) as network:
                network.pull("k1")
        finally:
            left.kill()
            left.wait()

    def test_a_leader_without_cable_is_replaced_and_comes_back(self):
        names = ["k1", "k2", "k3"]
        with net.Network(names) as network:
            hosts = [(network.hosts[name].address, network.hosts[name].prefix) for name in names]
            with kafka.Cluster(kafka.new_folder(), 3, hosts=hosts) as cluster:
                self.lose_the_leader(network, cluster.addresses)

    def lose_the_leader(self, network, addresses):
        def write(value):
            with wire.Client(addresses, timeout=2) as client:
                return client.produce("t", [(None, value, [])])

        def in_sync():
            with wire.Client(addresses, timeout=2) as client:
                return sorted(client.metadata("t")[3])

        def stored():
            with wire.Client(addresses, timeout=2) as client:
                return [record.value for record in client.read_all("t")]

        with wire.Client(addresses) as client:
            client.create_topic("t", 3)
            leader = client.metadata("t")[2]
            client.produce("t", [(None, b"before", [])])
        network.pull(f"k{leader}")
        eventually(lambda: write(b"without it"))
        self.assertNotIn(leader, in_sync())
        network.plug(f"k{leader}")
        eventually(lambda: self.assertEqual(in_sync(), [1, 2, 3]))
        # A leader that has just changed does not show at once what the one before it confirmed.
        eventually(lambda: self.assertIn(b"without it", stored()))
        self.assertEqual(stored()[0], b"before")


if __name__ == "__main__":
    try:
        kafka.jars()
    except kafka.Unavailable as reason:
        sys.exit(kafka.skip(reason))
    reason = net.isolate()
    if reason:
        print(f"skipped: no network of one's own here: {reason}")
        sys.exit(77)
    unittest.main()
