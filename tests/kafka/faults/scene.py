"""A book on a real cluster, the nodes that write it, its clients, and what they were told."""

import json
import random
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "broker")]
import cluster as kafka  # noqa: E402
import commands  # noqa: E402
import oracle  # noqa: E402
import segments  # noqa: E402
import wire  # noqa: E402
from topic import fold  # noqa: E402

READY_SECONDS_MAX = 60
ANSWER_SECONDS_MAX = 3
ATTEMPTS_MAX = 40


class Node:
    """One process that claims the book and takes commands; its copy of the log outlives it."""

    def __init__(self, scene, name, prefix=()):
        self.scene, self.name, self.waiting, self.term = scene, name, {}, None
        self.ready, self.lock = threading.Event(), threading.Lock()
        self.folder = scene.folder / name
        self.folder.mkdir(exist_ok=True)
        command = [scene.program, scene.place, self.folder, name, *scene.properties]
        with open(self.folder / "errors", "ab") as errors:
            self.process = subprocess.Popen(
                [*prefix, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
                preexec_fn=kafka.end_with_parent,
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            if not line.endswith("\n"):
                break  # A killed process's last words are no answer.
            answer = json.loads(line)
            if "ready" in answer:
                self.term = answer["ready"]
                self.ready.set()
                continue
            # Noted whether or not the client still waits: a late answer is a promise too.
            self.scene.note(answer | {"node": self.name, "term": self.term})
            with self.lock:
                waiter = self.waiting.pop(answer["id"], None)
            if waiter:
                waiter.answer = answer
                waiter.set()
        with self.lock:
            left, self.waiting = self.waiting, None
        self.ready.set()
        for waiter in left.values():
            waiter.set()

    def wait_ready(self, seconds=READY_SECONDS_MAX):
        """Whether it leads the book now; it may also have ended."""
        return self.ready.wait(seconds) and self.alive()

    def ask(self, command_id, text, seconds=ANSWER_SECONDS_MAX):
        """The answer; `open` when none came in time or the node has ended."""
        waiter = threading.Event()
        waiter.answer = {"id": command_id, "outcome": "open"}
        with self.lock:
            if self.waiting is None:
                return waiter.answer
            self.waiting[command_id] = waiter
        try:
            self.process.stdin.write(text + "\n")
        except (OSError, ValueError):
            return waiter.answer
        waiter.wait(seconds)
        return waiter.answer

    def alive(self):
        return self.process.poll() is None and self.waiting is not None

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self, seconds=30):
        """In order: it answers what it has and leaves a snapshot."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Client(threading.Thread):
    """Sends one command after the other; when no answer came it sends the same one again."""

    def __init__(self, scene, number):
        super().__init__(daemon=True)
        self.scene, self.number = scene, number
        self.rng = random.Random(f"{scene.seed} {number}")

    def run(self):
        count = 0
        while not self.scene.closing:
            count += 1
            command_id = f"{self.scene.mark}-{self.number}-{count}"
            self._see_through(
                command_id, commands.random_command(self.rng, command_id, self.scene.invoices)
            )

    def _see_through(self, command_id, text):
        self.scene.note({"id": command_id, "outcome": "open"})
        for _ in range(ATTEMPTS_MAX):
            node = self.scene.leader
            if node is None or not node.alive():
                if self.scene.closing:
                    return
                time.sleep(0.02)
                continue
            answer = node.ask(command_id, text)
            # Now and then a client never comes back for its answer.
            if answer["outcome"] != "open" or self.rng.random() < 0.1:
                return


class Scene:
    """`with Scene(options, cluster, "kill") as scene:` a new book, opened and ready for clients."""

    def __init__(
        self, options, cluster, name, *, addresses=None, properties=(), prefix=(), folder=None
    ):
        self.options, self.cluster, self.seed = options, cluster, options.seed
        self.program = options.writer
        self.mark = uuid.uuid4().hex[:4]
        self.book = f"{name.replace(' ', '-')}-{self.mark}"
        self.topic = f"daybook.{self.book}.events"
        self.place = f"kafka://{addresses or cluster.addresses}/{self.book}"
        self.properties, self.prefix = list(properties), list(prefix)
        self.folder = (folder or cluster.folder) / self.book
        self.folder.mkdir(parents=True)
        self.rng = random.Random(f"{options.seed} {name}")
        self.history, self.clients, self.nodes = [], [], []
        self.leader, self.closing = None, False
        self.invoices = 0.7  # Their share of the commands; they have two events each.
        self.lock = threading.Lock()
        self.last_accepted, self.longest_gap, self.accepted = time.monotonic(), 0.0, 0

    def __enter__(self):
        self.lead("a")
        for command_id, text in commands.opening():
            answer = self.leader.ask(command_id, text, 60)
            if answer["outcome"] != "accepted":
                raise RuntimeError(f"the book could not be opened: {answer} {self.errors('a')}")
        return self

    def __exit__(self, *_):
        self.finish()

    def note(self, answer):
        now = time.monotonic()
        with self.lock:
            self.history.append(answer | {"at": now})
            if answer["outcome"] == "accepted":
                self.longest_gap = max(self.longest_gap, now - self.last_accepted)
                self.last_accepted = now
                self.accepted += 1

    def start(self, name):
        node = Node(self, name, self.prefix)
        self.nodes.append(node)
        return node

    def lead(self, name, seconds=READY_SECONDS_MAX):
        """Starts a node; clients turn to it when it leads. Tries again while brokers are away."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            node = self.start(name)
            if node.wait_ready():
                self.leader = node
                return node
            node.kill()
            time.sleep(0.2)
        raise RuntimeError(f"node {name} could not lead the book: {self.errors(name)}")

    def ensure_leader(self, name, seconds=READY_SECONDS_MAX):
        if self.leader is None or not self.leader.alive():
            self.lead(name, seconds)

    def ask_on(self, count=4):
        """Clients begin, and go on until the scene ends."""
        self.last_accepted = time.monotonic()
        new = [Client(self, len(self.clients) + index) for index in range(count)]
        self.clients += new
        for client in new:
            client.start()

    def wait_accepted(self, more=1, seconds=READY_SECONDS_MAX, name="a"):
        """Until so many more commands were accepted; a leader that ended is replaced."""
        target, deadline = self.accepted + more, time.monotonic() + seconds
        while self.accepted < target:
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing was accepted for {seconds} s: {self.errors(name)}")
            self.ensure_leader(name, seconds)
            time.sleep(0.005)

    def pause(self, most, least=0.0):
        time.sleep(self.rng.uniform(least, most))

    def finish(self):
        self.closing = True
        for node in self.nodes:
            if node.alive() and node is not self.leader:
                node.kill()
        for client in self.clients:
            client.join(ANSWER_SECONDS_MAX + 5)
        if self.leader is not None:
            self.leader.stop()

    def records(self):
        with wire.Client(self.cluster.addresses) as client:
            return list(client.read_all(self.topic))

    def judge(self):
        """Ends the scene; the verdict of the independent witness, copies of the log included."""
        self.finish()
        records = self.records()
        verdict = oracle.judge(records, self.history)
        book = fold(records)
        for name in sorted({node.name for node in self.nodes}):
            copy = list(segments.events_of(self.folder / name))
            if copy != book.values[: len(copy)]:
                verdict.problems.append(f"the copy of node {name} differs from the topic")
        verdict.longest_gap = self.longest_gap
        return verdict

    def errors(self, name):
        path = self.folder / name / "errors"
        return " | ".join(path.read_text().splitlines()[-3:]) if path.exists() else ""
