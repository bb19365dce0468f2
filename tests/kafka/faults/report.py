"""What a run of the fault tests found, as a table."""

from dataclasses import dataclass, field

COLUMNS = (
    ("fault", 34), ("rounds", 7), ("faults", 7), ("accepted", 9), ("refused", 8), ("absent", 7), ("open", 6),
    ("lost", 5), ("doubled", 8), ("torn", 5), ("void", 6), ("terms", 6), ("gap s", 6),
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
        gap = f"{getattr(found, 'longest_gap', 0):.1f}"
        return [
            *(self.fault, self.rounds, self.faults, found.acknowledged, found.refused),
            *(found.absent, found.open),
            found.lost + found.misplaced + found.refused_stored + found.risen,
            *(found.doubled, found.torn, found.void, found.terms, gap),
        ]


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
