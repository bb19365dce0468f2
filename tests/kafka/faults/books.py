"""What the `daybook` program itself must see and keep: altered topics, and books that move."""

import random
import subprocess
import time

import cluster as kafka
import oracle
import segments
import wire
from report import Row
from scene import Scene
from topic import fold

PROGRAM_SECONDS_MAX = 300


def program(options, *arguments):
    """(exit code, output, errors)"""
    command = [options.program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX)
    return done.returncode, done.stdout, done.stderr


def run_well(options, *arguments):
    code, out, errors = program(options, *arguments)
    if code:
        raise RuntimeError(f"daybook {' '.join(map(str, arguments))}: {errors}")
    return out


# ---- an altered topic


def altered(records, kind, at):
    """The records with one mischief, and the position that must be named; None: it is harmless."""
    records = list(records)
    if kind == "changed":
        value = bytearray(records[at].value)
        value[-1] ^= 1
        records[at] = records[at]._replace(value=bytes(value))
    elif kind == "removed":
        del records[at]
    elif kind == "repeated":
        records.insert(at + 1, records[at])
    elif kind == "reordered":
        records[at], records[at + 1] = records[at + 1], records[at]
    book = fold(records)
    if kind == "repeated":
        return records, None
    # Two events that changed places within a batch spoil it from the first on. If the first of them
    # ends its batch it counts when it comes, and the second, which came too early, is missing.
    is_at_once = kind == "changed" or (kind == "reordered" and book.waiting)
    return records, at if is_at_once else book.next + len(book.waiting)


def tampered(options, rounds):
    """A topic whose records were changed, removed, repeated, reordered: where, is told exactly."""
    rng = random.Random(f"{options.seed} tampered")
    with kafka.Cluster(kafka.new_folder()) as cluster, Scene(options, cluster, "tamper") as scene:
        scene.ask_on()
        scene.wait_accepted(30)
        verdict = scene.judge()
        records = scene.records()
        root = fold(records).root().hex()
        for number in range(rounds):
            kind = ("changed", "removed", "repeated", "reordered")[number % 4]
            at = rng.randrange(len(records) - 2)
            written, position = altered(records, kind, at)
            found = verify(options, cluster, written, number)
            verdict.problems += wrong(kind, at, position, found, root)
        verdict.problems += wrong(
            "untouched", 0, None, verify(options, cluster, records, "x"), root
        )
        return Row("altered records", rounds, rounds, verdict)


def verify(options, cluster, records, mark):
    topic = f"daybook.altered-{mark}.events"
    with wire.Client(cluster.addresses) as client:
        client.create_topic(topic)
        for at in range(0, len(records), 500):
            part = records[at : at + 500]
            client.produce(topic, [(one.key, one.value, one.headers) for one in part])
    return program(options, "verify", f"kafka://{cluster.addresses}/altered-{mark}")


def wrong(kind, at, position, found, root):
    code, out, errors = found
    if position is None:
        whole = code == 0 and root in out
        return [] if whole else [f"{kind} record {at}: a whole book was refused: {out}{errors}"]
    named = code != 0 and f"position {position} " in errors
    return [] if named else [f"{kind} record {at}: position {position} not named: {out}{errors}"]


# ---- a book that moves


def moved(options, rounds):
    """From a folder to Kafka and back, the copying killed on its way; then it is said once more."""
    rng = random.Random(f"{options.seed} moved")
    verdict = oracle.Verdict()
    with kafka.Cluster(kafka.new_folder()) as cluster:
        home = cluster.folder / "home"
        run_well(options, "demo", home, "--events", "8000", "--seed", str(rng.randrange(1000)))
        before = list(segments.events_of(home))
        balance = run_well(options, "-b", home, "report", "trial-balance", "--csv")
        for number in range(rounds):
            local = ("--local", cluster.folder / f"local{number}")
            there = f"kafka://{cluster.addresses}/moved-{number}"
            back = cluster.folder / f"back{number}"
            copy_with_kills(options, rng, *local, "book", "copy", "--from", home, "--to", there)
            with wire.Client(cluster.addresses) as client:
                book = fold(client.read_all(f"daybook.moved-{number}.events"))
            verdict.void += len(book.void)
            verdict.events += book.next
            if book.values != before:
                verdict.problems.append(f"round {number}: the topic holds other bytes")
            copy_with_kills(options, rng, *local, "book", "copy", "--from", there, "--to", back)
            if list(segments.events_of(back)) != before:
                verdict.problems.append(f"round {number}: another book came back")
            if run_well(options, "-b", back, "report", "trial-balance", "--csv") != balance:
                verdict.problems.append(f"round {number}: the trial balance differs")
        return Row("book moved there and back", rounds, 2 * rounds, verdict)


def copy_with_kills(options, rng, *arguments):
    started = subprocess.Popen(
        [options.program, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=kafka.end_with_parent,
    )
    time.sleep(rng.uniform(0.05, 1.0))
    started.kill()
    started.wait()
    run_well(options, *arguments)
