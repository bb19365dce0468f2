"""Nodes of `daybook serve` that are killed and frozen while clients send commands over HTTP."""

import http.client
import json
import random
import signal
import subprocess
import threading
import time
import uuid

import cluster as kafka
import commands
import nodes
import oracle
import segments
import wire
from report import Row
from topic import fold

ASK_SECONDS = 3
PROGRAM_SECONDS_MAX = 300
READY_SECONDS_MAX = 60
JSON = {"Content-Type": "application/json"}


def outcome_of(status, body):
    """What an answer promises: `absent` says that this request stored nothing."""
    if status == 200:
        told = json.loads(body)
        place = {"position": told["first_position"], "events": told["event_count"]}
        return {"outcome": "accepted"} | place
    kind = json.loads(body)["type"].rsplit(":", 1)[1]
    if status == 409:
        return {"outcome": "refused"}
    if status == 503:
        return {"outcome": "open" if kind == "outcome-open" else "absent"}
    raise RuntimeError(f"{status}: {body}")


class Request(threading.Thread):
    """One command on its way to one node. Nobody may wait for it any more, but its answer is noted
    whenever it comes: a late one is a promise, too."""

    def __init__(self, scene, node, command_id, text):
        super().__init__(daemon=True)
        self.scene, self.node, self.command_id, self.text = scene, node, command_id, text
        self.outcome = "open"
        self.start()

    def run(self):
        found = self._send()
        self.outcome = found["outcome"]
        self.scene.note(found | {"id": self.command_id, "node": self.node.name})

    def _send(self):
        path = f"/v1/books/{self.scene.book}/commands"
        connection = http.client.HTTPConnection(self.node.address, self.node.port, timeout=60)
        try:
            connection.connect()
        except OSError:
            return {"outcome": "absent"}
        try:
            connection.request("POST", path, self.text, JSON | self.node.headers)
            answer = connection.getresponse()
            return outcome_of(answer.status, answer.read())
        except (OSError, http.client.HTTPException):
            return {"outcome": "open"}
        finally:
            connection.close()


class Client(threading.Thread):
    """Sends one command after the other, each to nodes at random until it has an answer."""

    def __init__(self, scene, number):
        super().__init__(daemon=True)
        self.scene, self.number = scene, number
        self.rng = random.Random(f"{scene.seed} {number}")

    def run(self):
        count = 0
        while not self.scene.closing:
            count += 1
            command_id = f"{self.scene.mark}-{self.number}-{count}"
            text = commands.random_command(self.rng, command_id)
            while not self.scene.closing:
                outcome = self.scene.ask(self.rng.choice(self.scene.nodes), command_id, text)
                # Now and then a client never comes back, whether it was told "nothing was stored"
                # or nothing: what it was told must be true all the same.
                if outcome in ("accepted", "refused") or self.rng.random() < 0.2:
                    break
                time.sleep(0.02)


class Served:
    """`with Served(options, cluster, "served") as scene:` three nodes that share a new book, each on
    a host of the network if there is one."""

    def __init__(self, options, cluster, name, network=None):
        self.options, self.cluster, self.seed = options, cluster, options.seed
        self.mark = uuid.uuid4().hex[:4]
        self.book = f"{name}-{self.mark}"
        # A group of owners of its own.
        self.environment = f"e{self.mark}"
        self.place = f"{cluster.addresses}/{self.environment}"
        self.shared = nodes.Nodes(options.program, self.place, ["a", "b", "c"], [self.book])
        self.nodes = list(self.shared.all.values())
        token = uuid.uuid4().hex
        for node in self.nodes if network else []:
            node.move(network.hosts[node.name], token)
        self.rng = random.Random(f"{options.seed} {name}")
        self.lock = threading.Lock()
        self.history, self.clients, self.under_way = [], [], set()
        self.closing = False
        self.accepted, self.last_accepted, self.longest_gap = 0, 0.0, 0.0

    def __enter__(self):
        try:
            self.shared.__enter__()
            for command_id, text in commands.opening():
                self._insist(command_id, text)
        except BaseException:
            self.shared.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.closing = True
        self.shared.__exit__()

    def _insist(self, command_id, text):
        deadline = time.monotonic() + READY_SECONDS_MAX
        while self.ask(self.rng.choice(self.nodes), command_id, text) != "accepted":
            if time.monotonic() > deadline:
                raise RuntimeError(f"the book could not be opened: {self.history[-3:]}")
            time.sleep(0.1)

    def ask(self, node, command_id, text):
        """The outcome as far as it is known when the client waits no longer."""
        request = Request(self, node, command_id, text)
        with self.lock:
            self.under_way.add(request)
        request.join(ASK_SECONDS)
        if not request.is_alive():
            with self.lock:
                self.under_way.discard(request)
        return request.outcome

    def note(self, answer):
        now = time.monotonic()
        with self.lock:
            self.history.append(answer | {"at": now})
            if answer["outcome"] == "accepted":
                if self.accepted:
                    self.longest_gap = max(self.longest_gap, now - self.last_accepted)
                self.last_accepted = now
                self.accepted += 1

    def ask_on(self, count=6):
        self.clients = [Client(self, number) for number in range(count)]
        for client in self.clients:
            client.start()

    def wait_accepted(self, more=1, seconds=READY_SECONDS_MAX):
        target, deadline = self.accepted + more, time.monotonic() + seconds
        while self.accepted < target:
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing was accepted for {seconds} s: {self.history[-3:]}")
            time.sleep(0.005)

    def owner(self, besides=None, seconds=READY_SECONDS_MAX):
        """The node that leads, once one does that is not the given one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for node in self.nodes:
                if node is not besides and is_leading(node, self.book):
                    return node
            time.sleep(0.02)
        raise RuntimeError(f"nobody leads {self.book} after {seconds} s")

    def pause(self, most, least=0.0):
        time.sleep(self.rng.uniform(least, most))

    def judge(self):
        """Stops everything in order; the topic, the copies and the rows must agree with what the
        clients were told."""
        self.closing = True
        for client in self.clients:
            client.join()
        codes = [node.stop() for node in self.nodes]
        with self.lock:
            left = [request for request in self.under_way if request.is_alive()]
        for request in left:
            request.join(ASK_SECONDS)
            if request.is_alive():
                self.note({"id": request.command_id, "outcome": "open"})
        with wire.Client(self.cluster.addresses) as client:
            topic = f"{self.environment}.daybook.{self.book}.events"
            records = list(client.read_all(topic))
        verdict = oracle.judge(records, self.history)
        verdict.longest_gap = self.longest_gap
        for node, code in zip(self.nodes, codes):
            if code:
                words = node.last_words()
                verdict.problems.append(f"node {node.name} ended with {code}: {words}")
        book = fold(records)
        for node in self.nodes:
            verdict.problems += self._differences(node, book)
        return verdict

    def _differences(self, node, book):
        folder = node.folder / node.name / self.book
        copy = list(segments.events_of(folder))
        if copy != book.values[: len(copy)]:
            return [f"the copy of node {node.name} differs from the topic"]
        # What the node has left is a book in a folder: its rows against a fresh fold.
        done = subprocess.run(
            [self.options.program, "-b", folder, "check"],
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS_MAX,
        )
        found = done.stdout + done.stderr
        return [f"check of node {node.name}: {found}"] if done.returncode else []


def is_leading(node, book):
    try:
        owner = json.loads(node.ask("GET", f"/v1/books/{book}", seconds=1)[2]).get("owner")
    except OSError:
        return False
    return bool(owner and owner["is_here"])


def killed(options, rounds):
    """kill -9 of the node that leads; another takes over, and the killed one comes back."""
    with kafka.Cluster(kafka.new_folder()) as cluster, Served(options, cluster, "served") as scene:
        scene.ask_on()
        for _ in range(rounds):
            scene.wait_accepted(5)
            scene.pause(0.3)
            victim = scene.owner()
            victim.kill()
            scene.wait_accepted(5)
            victim.start()
        scene.wait_accepted(5)
        return Row("serving node killed", rounds, rounds, scene.judge())


def frozen(options, rounds):
    """The node that leads is stopped as it writes, another leads and writes, the first wakes up."""
    with kafka.Cluster(kafka.new_folder()) as cluster, Served(options, cluster, "frozen") as scene:
        scene.ask_on()
        for _ in range(rounds):
            scene.wait_accepted(5)
            scene.pause(0.1)
            old = scene.owner()
            old.process.send_signal(signal.SIGSTOP)
            try:
                scene.owner(besides=old)
                scene.wait_accepted(5)
            finally:
                old.process.send_signal(signal.SIGCONT)
            scene.pause(0.5, 0.1)
        scene.wait_accepted(5)
        return Row("serving node frozen", rounds, rounds, scene.judge())


def three_brokers(options, rounds):
    """Three brokers are restarted one after the other, then two die at once: with one of three in
    sync nothing may be accepted, and with them back the same nodes go on."""
    with kafka.Cluster(kafka.new_folder(), 3) as cluster:
        with Served(options, cluster, "three") as scene:
            scene.ask_on()
            lies = []
            for number in range(rounds):
                for broker in cluster.nodes:
                    roll(scene, cluster, broker)
                lies += lose_two(scene, cluster, number)
            scene.wait_accepted(5)
            row = Row("brokers of serving nodes", rounds, 5 * rounds, scene.judge())
    row.verdict.problems += lies
    return row


def roll(scene, cluster, broker):
    scene.wait_accepted(5)
    broker.signal(signal.SIGTERM)
    broker.process.wait()
    # The book goes on with two brokers.
    scene.wait_accepted(5)
    broker.start()
    cluster.wait_ready()


def lose_two(scene, cluster, number):
    """What was accepted meanwhile, as lies."""
    scene.wait_accepted(5)
    victims = [cluster.nodes[number % 3], cluster.nodes[(number + 1) % 3]]
    for victim in victims:
        victim.kill()
    # What was under way may be answered still.
    time.sleep(2)
    before = scene.accepted
    time.sleep(4)
    count = scene.accepted - before
    for victim in victims:
        victim.start()
    cluster.wait_ready()
    scene.wait_accepted(5)
    return [f"{count} were accepted with two brokers dead"] if count else []
