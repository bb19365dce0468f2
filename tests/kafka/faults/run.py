#!/usr/bin/env python3
"""The fault tests: real brokers and real processes are harmed while clients write.

  run.py --writer KAFKA_WRITER --program DAYBOOK --simulation MANY_WRITERS_TEST
         [--rounds N] [--only NAME,NAME] [--seed N]

Without --rounds each runs its short form. N is the rounds of the quickest faults; those that take
seconds a round run fewer. Ends with 1 if anything acknowledged was lost, doubled or torn.
"""

import argparse
import os
import random
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "broker")]
import books  # noqa: E402
import cables  # noqa: E402
import churn  # noqa: E402
import cluster as kafka  # noqa: E402
import controls  # noqa: E402
import disks  # noqa: E402
import kill  # noqa: E402
import net  # noqa: E402
import report  # noqa: E402
import served  # noqa: E402
import simulated  # noqa: E402
import wires  # noqa: E402

# Name, what it does, rounds of the short form, rounds for each hundred of --rounds.
FAULTS = [
    ("simulation", simulated.many_writers, 1, 50),
    ("node", kill.node, 5, 100),
    ("zombie", kill.zombie, 3, 25),
    ("serve-kill", served.killed, 3, 15),
    ("serve-zombie", served.frozen, 2, 5),
    ("serve-brokers", served.three_brokers, 1, 2),
    ("broker", kill.only_broker, 1, 10),
    ("rolling", kill.one_of_three, 1, 6),
    ("two-dead", kill.two_of_three, 1, 3),
    ("proxy", wires.proxied, 8, 40),
    ("churn", churn.nodes, 4, 25),
    ("cables", cables.pulled, 3, 9),
    ("serve-cables", cables.serving, 3, 6),
    ("broker-disk", disks.under_broker, 1, 3),
    ("node-disk", disks.under_node, 2, 4),
    ("tamper", books.tampered, 8, 100),
    ("move", books.moved, 1, 10),
    ("late-group", controls.guarded, 1, 10),
    ("half-batch", controls.half_batch, 4, 10),
    ("control-read-back", controls.without_read_back, 1, 3),
    ("control-terms", controls.without_terms, 3, 3),
    ("control-settings", controls.without_settings, 1, 1),
    ("control-acks", controls.without_acks, 1, 3),
]
NEEDS_ISOLATION = {"cables", "serve-cables", "broker-disk", "node-disk"}


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--writer", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--program", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--simulation", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--only", default=",".join(name for name, *_ in FAULTS))
    parser.add_argument("--seed", default=os.environ.get("DAYBOOK_SEED"))
    options = parser.parse_args()
    options.only = options.only.split(",")
    options.seed = options.seed or str(random.SystemRandom().randrange(1 << 32))
    unknown = set(options.only) - {name for name, *_ in FAULTS}
    if unknown:
        parser.error(f"no fault is named {', '.join(sorted(unknown))}")
    return options


def main():
    options = parse()
    try:
        kafka.jars()
    except kafka.Unavailable as reason:
        return kafka.skip(reason)
    why_not = net.isolate()
    print(f"DAYBOOK_SEED={options.seed}", flush=True)
    print(report.head(), flush=True)
    failed = skipped = 0
    rows = []
    began = time.monotonic()
    for name, fault, short, per_hundred in FAULTS:
        if name not in options.only:
            continue
        if why_not and name in NEEDS_ISOLATION:
            print(f"{name}: skipped: {why_not}", flush=True)
            skipped += 1
            continue
        rounds = max(short, options.rounds * per_hundred // 100) if options.rounds else short
        row = run_one(name, fault, options, rounds)
        failed += row is None or not row.verdict.is_clean
        rows += [row] if row else []
    if len(rows) > 1:
        print(report.line(report.total(rows)) + f"  {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        print(f"{failed} of the faults did harm; again with DAYBOOK_SEED={options.seed}")
    return 1 if failed else 77 if skipped == len(options.only) else 0


def run_one(name, fault, options, rounds):
    """Its row, printed; None when it did not come to its end."""
    began = time.monotonic()
    try:
        row = fault(options, rounds)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        print(f"{name}: ended before its end", flush=True)
        return None
    row.note += f"{time.monotonic() - began:.0f} s"
    print(report.line(row), flush=True)
    for problem in row.verdict.problems[:10]:
        print(f"    {problem}", flush=True)
    return row


if __name__ == "__main__":
    sys.exit(main())
