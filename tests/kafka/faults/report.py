"""What a run of the fault tests found, as a table."""

from dataclasses import dataclass, field

import oracle

COLUMNS = (
    ("fault", 34), ("rounds", 7), ("faults", 7), ("accepted", 9), ("refused", 8), ("absent", 7), ("open", 6),
    ("lost", 5), ("doubled", 8), ("torn", 5), ("void", 6), ("terms", 6), ("gap s", 6),
)  # fmt: skip

SUMMED = (
    "acknowledged", "refused", "absent", "open", "lost", "misplaced", "refused_stored", "risen",
    "doubled", "torn", "void", "terms",
)  # fmt: skip


@dataclass
class Row:
    fault: str
    rounds: int
    faults: int
    verdict: object = None
    note: str = ""
    problems: list = field(default_factory=list)

    def cells(self):
        found = self.verdict
        if found is None:
            return [self.fault, self.rounds, self.faults]
        gap = f"{found.longest_gap:.1f}"
        return [
            *(self.fault, self.rounds, self.faults, found.acknowledged, found.refused),
            *(found.absent, found.open),
            found.lost + found.misplaced + found.refused_stored + found.risen,
            *(found.doubled, found.torn, found.void, found.terms, gap),
        ]


def total(rows):
    """Of all but the controls, whose harm is as it must be."""
    counted = [row for row in rows if not row.fault.startswith("control: ")]
    verdict = oracle.Verdict()
    for row in counted:
        for name in SUMMED:
            setattr(verdict, name, getattr(verdict, name) + getattr(row.verdict, name))
        verdict.longest_gap = max(verdict.longest_gap, row.verdict.longest_gap)
    rounds, faults = (sum(getattr(row, name) for row in counted) for name in ("rounds", "faults"))
    return Row("all of these, without the controls", rounds, faults, verdict)


def head():
    return "  ".join(
        f"{name:>{width}}" if at else f"{name:<{width}}" for at, (name, width) in enumerate(COLUMNS)
    )


def line(row):
    cells = zip(row.cells(), COLUMNS)
    text = "  ".join(
        f"{str(cell):>{width}}" if at else f"{cell:<{width}}"
        for at, (cell, (_, width)) in enumerate(cells)
    )
    return text + (f"  {row.note}" if row.note else "")
