"""`daybook doctor` against a real cluster of three brokers: what is wrong there is named, each thing
with what to change, and what is right is not."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import cluster as kafka  # noqa: E402
import nodes  # noqa: E402
import wire  # noqa: E402

PROGRAM = os.environ["DAYBOOK_PROGRAM"]
SECONDS_MAX = 120
OK, FINDINGS = 0, 3
RIGHT = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
    "min.insync.replicas": "2",
    "max.message.bytes": "17825792",
}
WRONG = {
    "cleanup.policy": ("compact", "set it to delete"),
    "retention.ms": ("604800000", "set it to -1"),
    "retention.bytes": ("1000000", "set it to -1"),
    "unclean.leader.election.enable": ("true", "set it to false"),
    "min.insync.replicas": ("1", "set it to 2 or more"),
    "max.message.bytes": ("1048588", "set it to 17825792 or more"),
}


class DoctorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = kafka.Cluster(kafka.new_folder(), 3)
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.__enter__()

    def look(self, *arguments):
        """The checks by name, and the exit code."""
        done = subprocess.run(
            [PROGRAM, "doctor", "--jsonl", *arguments],
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
        checks = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertTrue(checks, done.stderr)
        found = any(check["health"] != "ok" for check in checks)
        self.assertEqual(done.returncode, FINDINGS if found else OK, done.stdout)
        for check in checks:
            self.assertEqual(bool(check["change"]), check["health"] != "ok", check)
        return {check["check"]: check for check in checks}

    def at(self, environment, *arguments):
        return self.look("--log", f"kafka://{self.cluster.addresses}/{environment}", *arguments)

    def make(self, topic, replication=3, partitions=1, **config):
        with wire.Client(self.cluster.addresses) as client:
            client.create_topic(topic, replication, config, partitions)

    def test_each_wrong_setting_is_named_with_what_it_must_be(self):
        for number, (setting, (value, change)) in enumerate(WRONG.items()):
            topic = f"wrong.daybook.b{number}.events"
            self.make(topic, **(RIGHT | {setting: value}))
            checks = self.at("wrong", f"b{number}")
            found = checks[f"topic {topic}: {setting}"]
            self.assertEqual((found["health"], found["found"]), ("problem", value))
            self.assertIn(change, found["change"])
            named = [name for name in checks if name.startswith(f"topic {topic}: ")]
            self.assertEqual(len(named), 3, named)  # With replication and reading, which are right.

    def test_partitions_and_replicas_are_counted(self):
        self.make("shape.daybook.two.events", partitions=2, **RIGHT)
        self.make("shape.daybook.thin.events", replication=2, **RIGHT)
        checks = self.at("shape")
        self.assertEqual(checks["topic shape.daybook.two.events: partitions"]["found"], "2")
        thin = checks["topic shape.daybook.thin.events: replication factor"]
        self.assertEqual((thin["found"], thin["health"]), ("2", "problem"))
        self.assertIn("set it to 3", thin["change"])

    def test_a_node_that_runs_leaves_nothing_to_change_and_its_rows_are_looked_at(self):
        with tempfile.TemporaryDirectory() as folder:
            place = f"{self.cluster.addresses}/well"
            node = nodes.Node(PROGRAM, place, "a", folder, ["acme"]).start()
            try:
                url = f"http://127.0.0.1:{node.port}"
                checks = self.at("well", "--probe", "--url", url, "--data", folder)
            finally:
                node.kill()
        kafka_checks = {
            name: check
            for name, check in checks.items()
            if name.startswith(("broker", "topic", "group", "writing", "server"))
        }
        wrong = [check for check in kafka_checks.values() if check["health"] == "problem"]
        self.assertEqual(wrong, [])
        for broker in self.cluster.addresses.split(","):
            self.assertEqual(checks[f"broker {broker}"]["found"], "Kafka 4.1 or newer")
        self.assertEqual(checks["topic well.daybook.acme.events: settings"]["health"], "ok")
        self.assertEqual(checks["topic well.daybook.acme.events: reading"]["found"], "allowed")
        self.assertEqual(checks["topic well.daybook.schemas"]["health"], "ok")
        self.assertRegex(checks[f"server {url}: rows"]["found"], r"^at most \d+ events behind$")
        # It is this computer's clock, so the two agree to what the round trip leaves open.
        clock = checks["clock of the broker"]["found"].split()
        self.assertLessEqual(int(clock[0]), 2 * int(clock[-1]) + 1, clock)

    def test_schemas_that_would_go_are_a_problem(self):
        self.make("fleeting.daybook.schemas", **{"cleanup.policy": "delete"})
        found = self.at("fleeting")["topic fleeting.daybook.schemas: cleanup.policy"]
        self.assertEqual((found["health"], found["found"]), ("problem", "delete"))

    def test_zz_a_broker_that_is_dead_shows_at_the_replicas(self):
        self.make("dead.daybook.acme.events", **RIGHT)
        self.cluster.nodes[2].kill()
        # Until the others have given it up, its replica still counts as in step.
        found, deadline = None, time.monotonic() + 60
        while (not found or found["health"] == "ok") and time.monotonic() < deadline:
            found = self.at("dead").get("topic dead.daybook.acme.events: replication")
        self.assertEqual(found["health"], "problem")
        self.assertIn("2 in step", found["found"])

    def test_no_broker_at_all_is_a_finding(self):
        checks = self.look("--log", "kafka://127.0.0.1:1/none")
        self.assertEqual(checks["brokers"]["change"], "look whether they run")


if __name__ == "__main__":
    try:
        kafka.jars()
    except kafka.Unavailable as reason:
        sys.exit(kafka.skip(reason))
    unittest.main()
