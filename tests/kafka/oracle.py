"""Holds a topic against what clients were told.

A history is one line of JSON for each thing that a client saw: {"id", "outcome"} with the outcome
"accepted" (and "position", "events"), "refused", "absent" when it was told that nothing was stored,
or "open" when no answer came. A command may be sent again; then several lines have its id. Every
accepted command must stand in the book exactly once and where its answer said; a refused one
nowhere, nor one of which all that was told is that it is absent; an open one once or nowhere.
"""

import json
from dataclasses import dataclass, field

from topic import event_of, fold


@dataclass
class Verdict:
    """What was found; `problems` says each violation in words."""

    acknowledged: int = 0
    refused: int = 0
    absent: int = 0
    open: int = 0
    open_stored: int = 0
    events: int = 0
    void: int = 0
    terms: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    misplaced: int = 0
    refused_stored: int = 0
    risen: int = 0
    longest_gap: float = 0.0  # Seconds in which nothing was accepted; filled by who watched.
    problems: list = field(default_factory=list)

    @property
    def is_clean(self):
        return not self.problems

    def fail(self, what, sentence):
        setattr(self, what, getattr(self, what) + 1)
        self.problems.append(f"{what}: {sentence}")


def read_history(path):
    """Lines of JSON; a last one without its end is what a killed client left, and no answer."""
    with open(path) as lines:
        return [json.loads(line) for line in lines if line.endswith("\n")]


def judge(records, history, fold=fold):
    book = fold(records)
    verdict = Verdict(events=book.next, void=len(book.void), terms=len(book.claims))
    batches = batches_of(book, verdict)
    answers = {}
    for line in history:
        answers.setdefault(line["id"], []).append(line)
    for command, places in batches.items():
        if command and len(places) > 1:
            verdict.fail("doubled", f"{command} stands {len(places)} times: {places}")
    for command, lines in answers.items():
        _judge_command(command, lines, batches.get(command, []), verdict)
    return verdict


def batches_of(book, verdict):
    """(position, count) of each batch by its command's id; each must be whole and in one piece."""
    batches = {}
    open_batch = None  # Command, count, and events still to come.
    for position, value in enumerate(book.values):
        event = event_of(value)
        if event.position != position:
            verdict.fail("torn", f"position {position} holds an event that says {event.position}")
        if event.batch_index == 0:
            if open_batch:
                verdict.fail("torn", f"the batch before position {position} is not whole")
            open_batch = [event.command, event.batch_count, event.batch_count]
            batches.setdefault(event.command, []).append((position, event.batch_count))
        if not open_batch or open_batch[:2] != [event.command, event.batch_count]:
            verdict.fail("torn", f"position {position} belongs to no batch")
            continue
        open_batch[2] -= 1
        open_batch = open_batch if open_batch[2] else None
    if open_batch:
        verdict.fail("torn", "the last batch is not whole")
    return batches


def _judge_command(command, lines, batches, verdict):
    accepted = [line for line in lines if line["outcome"] == "accepted"]
    refused = any(line["outcome"] == "refused" for line in lines)
    if accepted:
        verdict.acknowledged += 1
        if not batches:
            verdict.fail("lost", f"{command} was accepted at {accepted[0]['position']}")
        elif any((line["position"], line["events"]) not in batches for line in accepted):
            verdict.fail("misplaced", f"{command}: answers {accepted}, book {batches}")
    elif refused:
        verdict.refused += 1
        if batches:
            verdict.fail("refused_stored", f"{command} was refused and stands at {batches}")
    elif all(line["outcome"] == "absent" for line in lines):
        verdict.absent += 1
        if batches:
            verdict.fail("risen", f"{command} was told to be absent and stands at {batches}")
    else:
        verdict.open += 1
        verdict.open_stored += bool(batches)
