"""The judge is judged: the worked example of topics.md, and histories that a topic belies."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import oracle  # noqa: E402
from forge import Draft  # noqa: E402
from topic import fold  # noqa: E402

ZEROS = bytes(32)


def example():
    """The table of the page, as drafts."""
    claim_1 = Draft(1, 0, ZEROS, is_claim=True)
    a = Draft(1, 1, claim_1.chain, command="a")
    b = [Draft(1, 2, a.chain, 0, 3, "b")]
    b += [Draft(1, 3, b[0].chain, 1, 3, "b")]
    b += [Draft(1, 4, b[1].chain, 2, 3, "b")]
    claim_2 = Draft(2, 2, a.chain, is_claim=True)
    late = Draft(2, 3, claim_2.chain, is_claim=True, payload=b"of A")
    d = Draft(2, 3, claim_2.chain, command="d")
    fencing = Draft(3, 3, claim_2.chain, is_claim=True)
    e = Draft(2, 4, d.chain, command="e")
    claim_4 = Draft(4, 4, d.chain, is_claim=True)
    return [claim_1, a, b[0], b[1], claim_2, b[2], late, d, d, fencing, e, claim_4]


def records_of(drafts):
    return [draft.record(offset) for offset, draft in enumerate(drafts)]


def accepted(command, position, events=1):
    return {"id": command, "outcome": "accepted", "position": position, "events": events}


class Judge(unittest.TestCase):
    def test_the_worked_example_is_folded_as_the_page_says(self):
        book = fold(records_of(example()))
        self.assertEqual((book.term, book.next), (4, 5))
        self.assertEqual(book.offsets, [0, 1, 4, 7, 11])
        self.assertEqual(sorted(book.void), [2, 3, 5, 6, 8, 10])
        self.assertEqual([claim.fences_only for claim in book.claims], [False, False, True, False])
        self.assertEqual(book.chain, example()[11].chain)

    def test_headers_that_belie_the_value_make_a_record_void(self):
        for index in range(4):
            with self.subTest(header=example()[1].headers[index][0]):
                records = records_of(example()[:2])
                headers = list(records[1].headers)
                headers[index] = (headers[index][0], b"7/9")
                records[1] = records[1]._replace(headers=headers)
                self.assertEqual(fold(records).void, [1])

    def test_an_honest_history_is_clean(self):
        history = [accepted("a", 1), accepted("d", 3), {"id": "b", "outcome": "open"}]
        verdict = oracle.judge(records_of(example()), history)
        self.assertTrue(verdict.is_clean, verdict.problems)
        self.assertEqual((verdict.acknowledged, verdict.open, verdict.open_stored), (2, 1, 0))

    def test_what_was_accepted_and_is_void_is_lost(self):
        verdict = oracle.judge(records_of(example()), [accepted("e", 4), accepted("b", 2, 3)])
        self.assertEqual(verdict.lost, 2)

    def test_what_was_refused_and_counts_is_found(self):
        verdict = oracle.judge(records_of(example()), [{"id": "d", "outcome": "refused"}])
        self.assertEqual(verdict.refused_stored, 1)

    def test_what_was_told_to_be_absent_and_counts_is_found(self):
        absent, unknown = {"id": "d", "outcome": "absent"}, {"id": "d", "outcome": "open"}
        self.assertEqual(oracle.judge(records_of(example()), [absent]).risen, 1)
        # Another try of the same command may have stored it.
        self.assertEqual(oracle.judge(records_of(example()), [absent, unknown]).risen, 0)

    def test_an_answer_with_another_place_is_found(self):
        self.assertEqual(oracle.judge(records_of(example()), [accepted("d", 2)]).misplaced, 1)

    def test_a_command_that_counts_twice_is_found(self):
        once = Draft(0, 0, ZEROS, command="a")
        twice = Draft(0, 1, once.chain, command="a")
        self.assertEqual(oracle.judge(records_of([once, twice]), []).doubled, 1)

    def test_a_batch_of_two_commands_is_torn(self):
        first = Draft(0, 0, ZEROS, 0, 2, "a")
        second = Draft(0, 1, first.chain, 1, 2, "b")
        self.assertGreater(oracle.judge(records_of([first, second]), []).torn, 0)


if __name__ == "__main__":
    unittest.main()
