"""TLS, SCRAM and access lists, against a broker that insists on them."""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import unittest
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import cluster as kafka  # noqa: E402
import nodes  # noqa: E402
import wire  # noqa: E402
from consumers import Readers  # noqa: E402

WRITER, PROGRAM = os.environ["DAYBOOK_WRITER"], os.environ["DAYBOOK_PROGRAM"]
USER, PASSWORD = os.environ["DAYBOOK_KAFKA_USER"], os.environ["DAYBOOK_KAFKA_PASSWORD"]
SECONDS_MAX = 60
# What connectors/kafka/topics.md says that a node needs.
NODE_RIGHTS = ("create", "describe", "describe-configs", "read", "write")
TLS = {
    "security.protocol": "SSL",
    "ssl.ca.location": os.environ["DAYBOOK_KAFKA_CA"],
}
SCRAM = TLS | {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-256",
    "sasl.username": USER,
    "sasl.password": PASSWORD,
}
PLAIN = SCRAM | {"sasl.mechanism": "PLAIN"}
SYSTEM_SPEAKS_SCRAM = ctypes.CDLL("librdkafka.so.1").rd_kafka_version() >= 0x020601FF


class Secured(unittest.TestCase):
    def setUp(self):
        self.book = f"secured-{uuid.uuid4().hex[:8]}"
        self.topic = f"daybook.{self.book}.events"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, listener, properties, environment=None):
        """Claims the book and ends; (exit code, what it said of the failure)."""
        place = f"kafka://{os.environ[f'DAYBOOK_KAFKA_{listener}']}/{self.book}"
        pairs = [f"{name}={value}" for name, value in properties.items()]
        done = subprocess.run(
            [WRITER, place, f"{self.folder}/{self.book}", "a", *pairs],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            env=os.environ | (environment or {}),
        )
        return done.returncode, done.stderr

    def allow(self, *operations):
        with wire.Client(os.environ["DAYBOOK_KAFKA"]) as client:
            for operation in operations:
                client.allow(USER, "topic", self.topic, operation)

    def claims(self):
        with wire.Client(os.environ["DAYBOOK_KAFKA"]) as client:
            return len(list(client.read_all(self.topic)))

    def assert_refused(self, answer, *words):
        code, said = answer
        self.assertNotEqual(code, 0)
        for word in words:
            self.assertIn(word.lower(), said.lower())

    def test_tls(self):
        self.assertEqual(self.write("TLS", TLS), (0, ""))
        self.assertEqual(self.claims(), 1)

    def test_an_unknown_authority_is_refused(self):
        stranger = TLS | {"ssl.ca.location": os.environ["DAYBOOK_KAFKA_STRANGER"]}
        self.assert_refused(self.write("TLS", stranger), "certificate verify failed")

    def test_a_password_over_tls(self):
        self.allow(*NODE_RIGHTS)
        self.assertEqual(self.write("SASL", PLAIN), (0, ""))
        self.assertEqual(self.claims(), 1)

    def test_scram_over_tls(self):
        """By the newer librdkafka of the Python reader where the system has an old one."""
        self.allow(*NODE_RIGHTS)
        newer = {} if SYSTEM_SPEAKS_SCRAM else {"LD_PRELOAD": str(Readers().librdkafka)}
        for number, mechanism in enumerate(("SCRAM-SHA-256", "SCRAM-SHA-512"), 1):
            with self.subTest(mechanism=mechanism):
                answer = self.write("SASL", SCRAM | {"sasl.mechanism": mechanism}, newer)
                self.assertEqual(answer, (0, ""))
                self.assertEqual(self.claims(), number)
        wrong = SCRAM | {"sasl.password": "no such"}
        self.assert_refused(self.write("SASL", wrong, newer), "authentication failed")

    @unittest.skipIf(SYSTEM_SPEAKS_SCRAM, "the system's librdkafka speaks SCRAM as brokers want it")
    def test_an_old_librdkafka_is_named_where_its_scram_is_refused(self):
        self.assert_refused(self.write("SASL", SCRAM), "authentication failed", "before 2.6.1")

    def test_a_wrong_password_is_refused(self):
        answer = self.write("SASL", PLAIN | {"sasl.password": "no such"})
        self.assert_refused(answer, "authentication failed")
        self.assertNotIn("no such", answer[1], "a password is never repeated")

    def test_each_right_is_needed_and_together_they_suffice(self):
        for missing in NODE_RIGHTS[1:]:
            with self.subTest(missing=missing):
                self.book = f"rights-{uuid.uuid4().hex[:8]}"
                self.topic = f"daybook.{self.book}.events"
                self.allow(*(right for right in NODE_RIGHTS if right != missing))
                implied = missing == "describe"  # By read and by write.
                code, said = self.write("SASL", PLAIN)
                self.assertEqual(code == 0, implied, said)
                if not implied:
                    self.assertRegex(said.lower(), "authori[sz]ation failed|may not be read")

    def test_a_node_with_the_rights_of_the_page_leads_its_book(self):
        self.allow(*NODE_RIGHTS)
        with wire.Client(os.environ["DAYBOOK_KAFKA"]) as client:
            for operation in ("read", "describe"):
                client.allow(USER, "group", "daybook.", operation, prefixed=True)
        options = ["--kafka", *(f"{name}={value}" for name, value in PLAIN.items())]
        address = os.environ["DAYBOOK_KAFKA_SASL"]
        with nodes.Nodes(PROGRAM, address, ["a"], [self.book], [*options, "--create"]) as served:
            self.assertEqual(served.owner(self.book).name, "a")
            # It may not make the topic of schemas, and goes on.
            said = Path(served.folder, "a.err").read_text()
        self.assertIn("schemas are not published", said)

    def look(self):
        """What the program's doctor finds of the book: health and advice by check."""
        options = [f"{name}={value}" for name, value in PLAIN.items()]
        log = f"kafka://{os.environ['DAYBOOK_KAFKA_SASL']}/doctor"
        done = subprocess.run(
            [PROGRAM, "doctor", "--jsonl", "--log", log, self.book, "--kafka", *options],
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
        checks = [json.loads(line) for line in done.stdout.splitlines()]
        return {check["check"]: (check["health"], check["change"]) for check in checks}

    def test_doctor_says_which_right_is_missing(self):
        # In an environment of its own, so that no other test gives it rights.
        self.topic, owners = f"doctor.daybook.{self.book}.events", "doctor.daybook.owners"
        reading, group = f"topic {self.topic}: reading", f"group {owners}"
        with wire.Client(os.environ["DAYBOOK_KAFKA"]) as client:
            client.create_topic(self.topic)
            self.allow("describe", "describe-configs")
            checks = self.look()
            self.assertEqual(checks[reading], ("problem", "give the right Read on the topic"))
            advice = "give the rights Read and Describe on the group"
            self.assertEqual(checks[group], ("problem", advice))
            self.allow("read")
            client.allow(USER, "group", owners, "describe")
            checks = self.look()
        self.assertEqual((checks[reading][0], checks[group][0]), ("ok", "ok"))


if __name__ == "__main__":
    try:
        Readers()
    except kafka.Unavailable as reason:
        sys.exit(kafka.skip(reason))
    unittest.main()
