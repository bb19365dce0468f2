"""The program on books in Kafka: the same commands, and whole books moved there and back."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import wire  # noqa: E402

PROGRAM = os.environ["DAYBOOK_PROGRAM"]
BROKERS = os.environ["DAYBOOK_KAFKA"]


class Books(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.name = f"b{uuid.uuid4().hex[:16]}"
        self.topic = f"test.daybook.{self.name}.events"
        self.place = f"kafka://{BROKERS}/test/{self.name}"
        self.addCleanup(self.remove_topic)

    def remove_topic(self):
        with wire.Client(BROKERS) as client:
            client.delete_topic(self.topic)

    def command(self, *arguments):
        return [PROGRAM, *map(str, arguments)]

    def run_program(self, *arguments, answer=0, text=None):
        done = subprocess.run(
            self.command(*arguments),
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            cwd=self.folder,
        )
        self.assertEqual(done.returncode, answer, done.stderr + done.stdout)
        return done.stdout if answer == 0 else done.stderr

    def root_of(self, text):
        return re.search(r"Merkle root ([0-9a-f]{64})", text)[1]

    def test_a_book_lives_in_kafka_from_its_first_command(self):
        self.run_program("init", self.place, "--local", "copy", "--first-day", "2026-01-01")
        again = self.run_program("init", self.place, "--local", "copy", answer=5)
        self.assertIn("there is a book in", again)
        party = (
            '{"command": "crm.RegisterParty", "id": "p-1", "body": {"party": "C-1", "kind":'
            ' "person", "name": "Anna Blanc", "roles": ["customer"]}}\n'
        )
        self.run_program("-b", self.place, "--local", "copy", "submit", text=party)
        # The copy remembers its topic.
        table = self.run_program("-b", "copy", "export", "table", "crm.parties", "--csv")
        self.assertIn("Anna Blanc", table)
        claims = self.run_program("-b", "copy", "export", "table", "node.claims", "--csv")
        self.assertEqual(len(claims.splitlines()), 3, claims)
        self.run_program("-b", "copy", "check")
        root = self.root_of(self.run_program("verify", self.place))
        self.assertEqual(root, self.root_of(self.run_program("verify", "copy")))
        # Another machine, without a copy, sees the same.
        other = self.run_program(
            "-b", self.place, "--local", "other", "export", "table", "crm.parties", "--csv"
        )
        self.assertEqual(table, other)

    def test_the_schemas_of_its_events_stand_beside_it(self):
        """A reader that has nothing but the two topics reads an event by flatc."""
        self.run_program("init", self.place, "--local", "copy", "--first-day", "2026-01-01")
        party = (
            '{"command": "crm.RegisterParty", "id": "p-1", "body": {"party": "C-1", "kind":'
            ' "person", "name": "Anna Blanc"}}\n'
        )
        self.run_program("-b", self.place, "--local", "copy", "submit", text=party)
        with wire.Client(BROKERS) as client:
            published = list(client.read_all("test.daybook.schemas"))
            events = list(client.read_all(self.topic))
        schemas = {f"urn:sha256:{one.key.decode()}": one.value for one in published}
        for name, schema in schemas.items():
            self.assertEqual(name, f"urn:sha256:{hashlib.sha256(schema).hexdigest()}")
        named = {dict(event.headers)["ce_dataschema"].decode() for event in events}
        self.assertLessEqual(named, set(schemas))
        event = events[-1]
        (self.folder / "it.bfbs").write_bytes(
            schemas[dict(event.headers)["ce_dataschema"].decode()]
        )
        (self.folder / "it.bin").write_bytes(event.value[112:])
        read = ["flatc", "--json", "--strict-json", "--raw-binary", "it.bfbs", "--", "it.bin"]
        subprocess.run(read, cwd=self.folder, check=True, timeout=60)
        self.assertIn("Anna Blanc", (self.folder / "it.json").read_text())
        # They are published once.
        self.name += "x"
        self.run_program("init", f"kafka://{BROKERS}/test/{self.name}", "--local", "second")
        with wire.Client(BROKERS) as client:
            self.assertEqual(client.end("test.daybook.schemas"), len(published))
            client.delete_topic(f"test.daybook.{self.name}.events")

    def test_a_book_moves_to_kafka_and_back_and_stays_the_same(self):
        self.run_program("demo", "here", "--events", "8000")
        there = ["--from", "here", "--to", self.place, "--local", "copy"]
        first = self.run_program("book", "copy", *there)
        root = self.root_of(first)
        self.assertEqual(root, self.root_of(self.run_program("verify", "here")))
        self.assertEqual(root, self.root_of(self.run_program("verify", self.place)))
        self.assertIn(" 0 were there already", first)
        once_more = self.run_program("book", "copy", *there)
        self.assertNotIn(" 0 were there already", once_more)
        self.assertEqual(root, self.root_of(once_more))
        back = ["--from", self.place, "--local", "copy", "--to", "back"]
        self.assertEqual(root, self.root_of(self.run_program("book", "copy", *back)))
        self.assertEqual(root, self.root_of(self.run_program("verify", "back")))
        question = ["report", "trial-balance", "--csv", "--as-of", "2025-12-31"]
        expected = self.run_program("-b", "here", *question)
        self.assertEqual(expected, self.run_program("-b", "back", *question))
        self.assertEqual(expected, self.run_program("-b", "copy", *question))
        # It is alive there: one more command, which the folder then takes over.
        party = (
            '{"command": "crm.RegisterParty", "id": "p-new", "body": {"party": "C-NEW", "kind":'
            ' "person", "name": "Carla Dubois"}}\n'
        )
        self.run_program("-b", "copy", "submit", text=party)
        moved = self.root_of(self.run_program("book", "copy", *back))
        self.assertEqual(moved, self.root_of(self.run_program("verify", "back")))
        table = self.run_program("-b", "back", "export", "table", "crm.parties", "--csv")
        self.assertIn("Carla Dubois", table)
        # But what went another way is not overwritten.
        refused = self.run_program("book", "copy", *there, answer=5)
        self.assertIn("no earlier state of this book", refused)

    def test_a_copying_that_is_killed_goes_on(self):
        self.run_program("demo", "here", "--events", "20000")
        there = self.command(
            "book", "copy", "--from", "here", "--to", self.place, "--local", "copy"
        )
        kills = 0
        for round in range(4):
            process = subprocess.Popen(
                there, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                process.wait(timeout=0.4 + 0.15 * round)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
        self.assertGreater(kills, 0)
        done = self.run_program(*there[1:])
        root = self.root_of(self.run_program("verify", "here"))
        self.assertEqual(root, self.root_of(done))
        self.assertEqual(root, self.root_of(self.run_program("verify", self.place)))
        self.assertEqual(root, self.root_of(self.run_program("verify", "copy")))

    def test_an_archive_is_verified_without_kafka(self):
        self.run_program("init", self.place, "--local", "copy")
        root = self.root_of(self.run_program("verify", self.place))
        self.run_program("book", "archive", "--from", self.place, "--to", "book.archive")
        self.assertEqual(root, self.root_of(self.run_program("verify", "book.archive")))
        path = self.folder / "book.archive"
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        self.assertIn("cut", self.run_program("verify", "book.archive", answer=3))
        # The last letter of the third record's value, found by its length.
        at = 16
        for _ in range(3):
            headers, value = (int.from_bytes(whole[at + n : at + n + 4], "little") for n in (8, 12))
            at += 16 + headers + value
        altered = bytearray(whole)
        altered[at - 1] ^= 1
        path.write_bytes(altered)
        found = self.run_program("verify", "book.archive", answer=3)
        self.assertIn("the event at position 2 ", found)

    def test_unsafe_properties_are_refused_before_anything_is_sent(self):
        refused = self.run_program("init", self.place, "--kafka", "acks=0", answer=6)
        self.assertIn("acks cannot be set", refused)
        self.run_program("init", self.place, "--local", "copy", "--kafka", "compression.codec=lz4")


if __name__ == "__main__":
    unittest.main(verbosity=2)
