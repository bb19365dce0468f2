#!/usr/bin/env python3
"""The same topic folded to account balances by Kafka Streams and by us, side by side.

  tests/kafka/broker/broker.py run -- bench/kafka/streams/compare.py DAYBOOK [EVENTS]

Streams: a RocksDB store with changelog, exactly once, one partition, spared the rule of validity and
the hashes. Ours: `daybook report trial-balance` on the topic, that is the local copy with every hash
checked, and all projections, not only balances. Each is run from nothing, then again, then after its
disk was lost; both must name the same balances.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "tests" / "kafka"), str(ROOT / "tests" / "kafka" / "broker")]
import cluster as kafka  # noqa: E402
import wire  # noqa: E402

BROKERS = os.environ["DAYBOOK_KAFKA"]
BOOK = "measured"
TOPIC = f"daybook.{BOOK}.events"


class Streams:
    def __init__(self, folder):
        self.jars = kafka.jars(HERE / "pom.xml", "streams-lib")
        self.state, self.classes = folder / "state", folder / "classes"
        generated = folder / "generated"
        run("flatc", "--java", "-o", generated, *sorted((ROOT / "schemas").glob("*.fbs")))
        sources = ["-sourcepath", generated, "-cp", f"{self.jars}/*", HERE / "Balances.java"]
        run("javac", "-d", self.classes, *sources)

    def measure(self):
        program = ["java", "-cp", f"{self.jars}/*:{self.classes}", "Balances"]
        began = time.monotonic()
        answer = json.loads(run(*program, BROKERS, TOPIC, self.state))
        return time.monotonic() - began, answer["rss_mib"], answer["balances"]

    def lose(self):
        shutil.rmtree(self.state)


class Ours:
    def __init__(self, folder, program):
        self.local = folder / "local"
        self.command = [program, "-b", f"kafka://{BROKERS}/{BOOK}", "--local", self.local]

    def measure(self):
        began = time.monotonic()
        report = [*self.command, "report", "trial-balance", "--csv"]
        with subprocess.Popen(report, stdout=subprocess.PIPE, text=True) as process:
            text = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError("the report failed")
        return time.monotonic() - began, usage.ru_maxrss // 1024, balances_of(text)

    def lose(self):
        """The rows, as a node loses them that must rebuild; then all of its disk."""
        shutil.rmtree(self.local)


def balances_of(report):
    balances = {}
    for row in csv.DictReader(io.StringIO(report)):
        if row["account"]:
            sides = (row["debit_balance"], row["credit_balance"])
            debit, credit = (Decimal(side) if side else 0 for side in sides)
            balances[row["account"]] = int(100 * (debit - credit))
    return balances


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return done.stdout


def main():
    program, events = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "100000"
    with tempfile.TemporaryDirectory(dir=kafka.build_folder()) as name:
        folder = Path(name)
        run(program, "demo", folder / "book", "--events", events)
        copy = ["book", "copy", "--from", folder / "book", "--to", f"kafka://{BROKERS}/{BOOK}"]
        run(program, "--local", folder / "copying", *copy)
        with wire.Client(BROKERS) as client:
            print(f"{client.end(TOPIC)} events")
        print(f"{'':<16}{'from nothing':>16}{'again':>12}{'disk lost':>12}{'peak MiB':>12}")
        answers = []
        for label, peer in (("Kafka Streams", Streams(folder)), ("Daybook", Ours(folder, program))):
            first, again = peer.measure(), peer.measure()
            peer.lose()
            lost = peer.measure()
            peak = max(first[1], again[1], lost[1])
            times = f"{first[0]:>14.2f} s{again[0]:>10.2f} s{lost[0]:>10.2f} s"
            print(f"{label:<16}{times}{peak:>12}", flush=True)
            answers.append({account: sum for account, sum in first[2].items() if sum})
        if answers[0] != answers[1]:
            sys.exit("the balances differ")


if __name__ == "__main__":
    main()
