"""Readers in other languages come to the program's balances, whatever is void in the topic."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import uuid
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import cluster as kafka  # noqa: E402
import wire  # noqa: E402
from consumers import Readers  # noqa: E402
from forge import Draft, copied  # noqa: E402
from segments import events_of  # noqa: E402
from topic import fold  # noqa: E402

PROGRAM = os.environ["DAYBOOK_PROGRAM"]
PLAIN = {"bootstrap.servers": os.environ["DAYBOOK_KAFKA"]}


def program(book, *arguments):
    done = subprocess.run(
        [PROGRAM, "--book", book, *arguments], capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        raise AssertionError(f"daybook {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def balances_of(report):
    """Balance by account in minor units, from the report's CSV."""
    balances = {}
    for row in csv.DictReader(io.StringIO(report)):
        if row["account"]:
            sides = (row["debit_balance"], row["credit_balance"])
            debit, credit = (Decimal(side.split()[-1]) if side else 0 for side in sides)
            balances[row["account"]] = int(100 * (debit - credit))
    return balances


def entries(mark):
    """Commands of ten entries."""
    lines = [{"account": "1010", "debit": "EUR 12.34"}, {"account": "1900", "credit": "EUR 12.34"}]
    for number in range(10):
        entry = f"{mark}-{number}"
        body = {"entry": entry, "text": "An entry", "lines": lines}
        yield json.dumps({"command": "accounting.PostEntry", "id": entry, "body": body})


class Consumers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.readers = Readers()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.book = f"{cls.folder.name}/book"
        program(cls.book, "demo", cls.book, "--events", "8000")
        cls.expected = balances_of(program(cls.book, "report", "trial-balance", "--csv"))
        cls.values = list(events_of(cls.book))

    def setUp(self):
        self.topic = f"test.{uuid.uuid4().hex}.events"
        self.client = wire.Client(PLAIN["bootstrap.servers"])
        self.addCleanup(self.client.close)
        self.client.create_topic(self.topic)

    def check(self, records, skipped):
        for at in range(0, len(records), 500):
            part = records[at : at + 500]
            self.client.produce(self.topic, [(None, value, headers) for value, headers in part])
        book = fold(self.client.read_all(self.topic))
        self.assertEqual(len(book.void), skipped)
        for language in ("python", "java"):
            with self.subTest(language=language):
                answer = self.readers.read(language, self.topic, PLAIN)
                self.assertEqual(answer["balances"], self.expected)
                self.assertEqual((answer["term"], answer["next"]), (book.term, book.next))
                self.assertEqual(answer["skipped"], skipped)

    def test_a_book_is_read(self):
        self.check(copied(self.values), 0)

    def test_what_is_late_repeated_or_torn_is_skipped(self):
        records = copied(self.values)
        chain = fold(self._as_records(records)).chain
        end = len(records)
        claim = Draft(1, end, chain, is_claim=True)
        # Of the new term, but their batch stays without its end: as if its writer had been killed.
        torn = [Draft(1, end + 1, claim.chain, 0, 3), Draft(1, end + 2, claim.chain, 1, 3)]
        later = Draft(2, end + 1, claim.chain, is_claim=True)
        late = Draft(1, end + 2, later.chain)
        drafts = [claim, *torn, later, late, claim]
        written = [(draft.value, draft.headers) for draft in drafts]
        middle = end // 2
        records[middle:middle] = records[
            middle - 200 : middle
        ]  # Repeated, as a lost answer leaves it.
        self.check(records + written, 200 + 2 + 1 + 1)

    def test_a_take_over_leaves_void_records_and_the_same_balances(self):
        """Two nodes of the program; between them a batch without its end, then records too late."""
        name = f"taken-{uuid.uuid4().hex[:8]}"
        self.topic = f"daybook.{name}.events"
        place = f"kafka://{PLAIN['bootstrap.servers']}/{name}"
        first = ("--local", f"{self.folder.name}/{name}-a", "--node", "a")
        second = ("--local", f"{self.folder.name}/{name}-b", "--node", "b")
        program(place, *first, "init", "--chart", "general")
        program(place, *first, "submit", *entries("a"))
        book = fold(self.client.read_all(self.topic))
        torn = [Draft(book.term, book.next, book.chain, 0, 3)]
        torn.append(Draft(book.term, book.next + 1, torn[0].chain, 1, 3))
        self.write(torn)
        program(place, *second, "submit", *entries("b"))
        taken = fold(self.client.read_all(self.topic))
        self.assertGreater(taken.term, book.term)
        self.write([Draft(book.term, taken.next, taken.chain), torn[0]])

        report = program(place, *second, "report", "trial-balance", "--csv")
        self.expected = balances_of(report)
        self.assertGreater(self.expected["1010"], 0)
        self.check([], 4)

    def test_a_topic_without_its_beginning_is_refused(self):
        records = [(None, value, headers) for value, headers in copied(self.values[:20])]
        self.client.produce(self.topic, records)
        self.client.delete_records(self.topic, 1)
        for language in ("python", "java"):
            with self.subTest(language=language), self.assertRaisesRegex(RuntimeError, "failed"):
                self.readers.read(language, self.topic, PLAIN)

    def write(self, drafts):
        self.client.produce(self.topic, [(None, one.value, one.headers) for one in drafts])

    @staticmethod
    def _as_records(records):
        return [wire.Record(at, 0, None, *record) for at, record in enumerate(records)]


if __name__ == "__main__":
    try:
        Readers()
    except kafka.Unavailable as reason:
        sys.exit(kafka.skip(reason))
    unittest.main()
