"""Readers in other languages come to the program's balances, whatever is void in the topic."""

import os
import subprocess
import sys
import tempfile
import unittest
import uuid
from decimal import Decimal
from pathlib import Path
import csv
import io

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


class Consumers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.readers = Readers()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.book = f"{cls.folder.name}/book"
        program(cls.book, "demo", cls.book, "--events", "1000")
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

    @staticmethod
    def _as_records(records):
        return [wire.Record(at, 0, None, *record) for at, record in enumerate(records)]


if __name__ == "__main__":
    try:
        Readers()
    except kafka.Unavailable as reason:
        sys.exit(kafka.skip(reason))
    unittest.main()
