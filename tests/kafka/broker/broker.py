#!/usr/bin/env python3
"""Real Kafka for tests and by hand.

  broker.py run [--nodes 3] -- COMMAND...   a cluster for as long as COMMAND runs
  broker.py start --state FOLDER            one that stays until `stop` or until the caller has gone
  broker.py with --state FOLDER -- COMMAND  COMMAND with the cluster that `start` left
  broker.py stop --state FOLDER
  broker.py prepare                         fetches the jars, for a machine that goes offline

COMMAND finds host:port in DAYBOOK_KAFKA (three with commas between them for three nodes), and with
--tls also DAYBOOK_KAFKA_TLS, _SASL (SCRAM over TLS), _CA, _STRANGER, _USER and _PASSWORD. Where no
broker can be had, it is not run: the reason is printed and the answer is 77, CTest's "skipped".
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cluster as kafka

KEEPER_START_SECONDS_MAX = 300


def run(options):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with kafka.Cluster(kafka.new_folder(), options.nodes, tls=options.tls) as cluster:
            environment = os.environ | environment_of(cluster)
            return subprocess.run(
                options.command, env=environment, preexec_fn=kafka.end_with_parent
            ).returncode
    except kafka.Unavailable as reason:
        return kafka.skip(reason)


def environment_of(cluster):
    secure = cluster.security.environment(cluster) if cluster.security else {}
    return {"DAYBOOK_KAFKA": cluster.addresses} | secure


# ---- a cluster that several programs share


def start(options):
    """A keeper of its own holds the cluster; this returns as soon as it is ready."""
    stop(options)
    state = Path(options.state)
    state.mkdir(parents=True, exist_ok=True)
    with open(state / "keeper.out", "wb") as out:
        command = [sys.executable, __file__, "keep", "--state", state]
        command += ["--nodes", str(options.nodes), *["--tls"] * options.tls]
        command += ["--caller", str(options.caller or os.getppid())]
        keeper = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    deadline = time.monotonic() + KEEPER_START_SECONDS_MAX
    while time.monotonic() < deadline:
        if (state / "environment").exists() or (state / "skipped").exists():
            return 0
        if keeper.poll() is not None:
            break
        time.sleep(0.05)
    print((state / "keeper.out").read_text(errors="replace"), file=sys.stderr)
    return 1


def keep(options):
    """Holds a cluster until its caller has gone, or `stop` sends a signal."""
    state = Path(options.state)
    asked_to_end = []
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.append(True))
    (state / "keeper.pid").write_text(str(os.getpid()))
    try:
        with kafka.Cluster(kafka.new_folder(), options.nodes, tls=options.tls) as cluster:
            publish(
                state / "environment",
                "".join(f"{k}={v}\n" for k, v in environment_of(cluster).items()),
            )
            while not asked_to_end and kafka.is_running(options.caller):
                time.sleep(0.2)
    except kafka.Unavailable as reason:
        publish(state / "skipped", str(reason))
    return 0


def publish(path, text):
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.rename(path)


def stop(options):
    state = Path(options.state)
    if (state / "keeper.pid").exists():
        keeper = int((state / "keeper.pid").read_text())
        if is_keeper(keeper):
            os.kill(keeper, signal.SIGTERM)
            while is_keeper(keeper):
                time.sleep(0.05)
    shutil.rmtree(state, ignore_errors=True)
    return 0


def is_keeper(pid):
    """A number may have been given to another process since: only ours is ever signalled."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"keep" in line and os.fsencode(__file__) in line


def with_state(options):
    state = Path(options.state)
    if (state / "skipped").exists():
        return kafka.skip((state / "skipped").read_text())
    lines = (state / "environment").read_text().splitlines()
    os.environ.update(line.split("=", 1) for line in lines)
    os.execvp(options.command[0], options.command)


def prepare(_):
    try:
        print(kafka.jars())
        return 0
    except kafka.Unavailable as reason:
        return kafka.skip(reason)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, action in (
        ("run", run),
        ("start", start),
        ("keep", keep),
        ("with", with_state),
        ("stop", stop),
        ("prepare", prepare),
    ):
        verb = verbs.add_parser(name)
        verb.set_defaults(action=action)
        if name in ("run", "start", "keep"):
            verb.add_argument("--nodes", type=int, choices=(1, 3), default=1)
            verb.add_argument("--tls", action="store_true")
        if name in ("start", "keep"):
            verb.add_argument("--caller", type=int, default=0)
        if name in ("start", "keep", "with", "stop"):
            verb.add_argument("--state", required=True)
    arguments = sys.argv[1:]
    command = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, command = arguments[:at], arguments[at + 1 :]
    options = parser.parse_args(arguments)
    options.command = command
    if options.verb in ("run", "with") and not command:
        parser.error("a command is needed after --")
    return options.action(options)


if __name__ == "__main__":
    sys.exit(main())
