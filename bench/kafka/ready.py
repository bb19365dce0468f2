#!/usr/bin/env python3
"""How soon a node is ready that has a snapshot: from its start until it answers a report.

  tests/kafka/broker/broker.py run -- bench/kafka/ready.py DAYBOOK BENCH_KAFKA_ENTRIES [EVENTS]

A book of so many entries of four lines is copied to Kafka. One node makes its local copy, rows and
snapshot, which is the long way, and is stopped. Its folder is then what a new node is given, under
another name. The new one is started while the old one is away, until it listens, until the first
report, and until it owns the book and has accepted a command.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "kafka"), str(ROOT / "tests" / "kafka" / "broker")]
import cluster as kafka  # noqa: E402
import nodes  # noqa: E402

BROKERS = os.environ["DAYBOOK_KAFKA"]
BOOK = "grown"


def run(*command):
    began = time.monotonic()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def accept_one(node, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        party = {"party": f"P-{node.name}", "kind": "person", "name": "A person"}
        body = json.dumps(
            {"id": f"ready-{node.name}", "command": "crm.RegisterParty", "body": party}
        )
        headers = {"Content-Type": "application/json", "Daybook-Actor": "bench"}
        status, _, text = node.ask("POST", f"/v1/books/{BOOK}/commands", body, headers)
        if status == 200:
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing was accepted: {text}")


def start_and_time(node):
    """Seconds until it listens, answers a report, has accepted a command; and its memory in MiB."""
    began = time.monotonic()
    node.start()
    listens = time.monotonic() - began
    status, _, text = node.ask("GET", f"/v1/books/{BOOK}/reports/trial-balance", seconds=600)
    if status != 200:
        raise RuntimeError(text)
    reports = time.monotonic() - began
    accept_one(node)
    accepts = time.monotonic() - began
    status = Path(f"/proc/{node.process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return listens, reports, accepts, int(peak.split()[1]) // 1024


def main():
    program, maker = sys.argv[1:3]
    events = sys.argv[3] if len(sys.argv) > 3 else "10000"
    with tempfile.TemporaryDirectory(dir=kafka.build_folder()) as name:
        folder = Path(name)
        nodes.START_SECONDS_MAX = 3600
        made = run(maker, folder / "book", "--events", events)
        print(f"{events} events made in {made:.1f} s", flush=True)
        place = f"kafka://{BROKERS}/{BOOK}"
        copy = ["book", "copy", "--from", folder / "book", "--to", place]
        copied = run(program, "--local", folder / "copying", *copy)
        print(f"copied to Kafka in {copied:.1f} s", flush=True)
        shutil.rmtree(folder / "copying")
        shutil.rmtree(folder / "book")
        for label, node in (("from nothing", "a"), ("with what the first has", "b")):
            if node == "b":
                (folder / "a").rename(folder / "b")
            started = nodes.Node(program, BROKERS, node, folder, [BOOK])
            listens, reports, accepts, peak = start_and_time(started)
            print(
                f"{label}: listens after {listens:.2f} s, first report {reports:.2f} s, "
                f"first command {accepts:.2f} s, peak {peak} MiB",
                flush=True,
            )
            stopping = time.monotonic()
            if started.stop(600):
                raise RuntimeError("the node failed")
            print(f"  stopped in {time.monotonic() - stopping:.2f} s", flush=True)


if __name__ == "__main__":
    main()
