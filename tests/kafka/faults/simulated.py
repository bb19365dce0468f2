"""The rule under many writers and a bad network, without any broker: a million steps a round."""

import os
import random
import re
import subprocess

import oracle
from report import Row

STEPS = 1_000_000
MISHAPS = ("late", "repeated", "dropped", "crashes", "zombies")
FIGURE = re.compile(r"(\d+) ([a-z ]+?)[,;]|(lost|doubled|torn|risen|differing) (\d+)")


def figures_of(text):
    """"5 late, 3 crashes; lost 0, torn 0" by name."""
    return {
        (name or harm): int(count or harms) for count, name, harm, harms in FIGURE.findall(text)
    }


def many_writers(options, rounds):
    rng = random.Random(f"{options.seed} simulated")
    verdict, mishaps = oracle.Verdict(), 0
    for _ in range(rounds):
        seed = str(rng.randrange(1 << 32))
        environment = os.environ | {"DAYBOOK_SEED": seed, "DAYBOOK_STEPS": str(STEPS)}
        done = subprocess.run(
            [options.simulation, "--test-case=many writers*"],
            env=environment,
            capture_output=True,
            text=True,
        )
        found = figures_of(done.stdout)
        mishaps += sum(found[name] for name in MISHAPS)
        verdict.acknowledged += found["acknowledged"]
        verdict.absent += found["told absent"]
        verdict.void += found["void"]
        verdict.terms += found["claims"] + found["fences"]
        for name in ("lost", "doubled", "torn", "risen"):
            setattr(verdict, name, getattr(verdict, name) + found[name])
        if done.returncode:
            verdict.problems.append(f"DAYBOOK_SEED={seed}: {done.stdout[-300:]}")
    row = Row("rule simulated", rounds, mishaps, verdict)
    row.note = f"{rounds * STEPS} steps; "
    return row
