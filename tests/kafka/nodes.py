"""Nodes of `daybook serve --log kafka://...` as processes, and clients that keep a history."""

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

START_SECONDS_MAX = 60
ASK_AGAIN_SECONDS = 0.05


class Node:
    def __init__(self, program, brokers, name, folder, books, options=()):
        self.program, self.brokers, self.name = program, brokers, name
        self.folder, self.books, self.options = Path(folder), books, list(options)
        self.address, self.prefix, self.headers = "127.0.0.1", [], {}
        self.port, self.process = 0, None

    def move(self, host, token):
        """To a host of `net.Network`, where only who brings the token is served."""
        self.address, self.prefix, self.port = host.address, host.prefix, 8420
        self.headers = {"Authorization": f"Bearer {token}"}
        path = self.folder / f"{self.name}.token"
        path.write_text(token)
        path.chmod(0o600)
        self.options += ["--listen", host.address, "--token-file", str(path)]

    def start(self):
        """Starts it and waits until it listens; it keeps its port over a restart."""
        command = [*self.prefix, self.program, "serve", "--log", f"kafka://{self.brokers}", "--node", self.name]
        command += ["--data", str(self.folder / self.name), "--port", str(self.port), "--create"]
        command += self.options + self.books
        self.said = open(self.folder / f"{self.name}.err", "ab")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.said, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"node {self.name} did not start: {self.last_words()}")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def last_words(self):
        return (self.folder / f"{self.name}.err").read_text()[-2000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.close()

    def stop(self, seconds=120):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.close()
        return code

    def close(self):
        self.process.stdout.close()
        self.said.close()

    def ask(self, method, path, body=None, headers=None, seconds=40):
        """The status, headers and text of an answer; an OSError when there is none."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=seconds)
        try:
            connection.request(method, path, body, self.headers | (headers or {}))
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def state(self, book):
        return json.loads(self.ask("GET", f"/v1/books/{book}")[2])

    def events(self, book):
        text = self.ask("GET", f"/v1/books/{book}/events")[2]
        return [json.loads(line) for line in text.splitlines() if line]

    def figure(self, family, book):
        for line in self.ask("GET", "/metrics")[2].splitlines():
            if line.startswith(f'{family}{{book="{book}"}} '):
                return float(line.rsplit(" ", 1)[1])
        return None


class Nodes:
    """Several nodes over the same books, in a folder that goes with them."""

    def __init__(self, program, brokers, names, books, options=()):
        self.folder = tempfile.mkdtemp(prefix="daybook-nodes-")
        self.books = books
        self.all = {
            name: Node(program, brokers, name, self.folder, books, options) for name in names
        }

    def __enter__(self):
        for node in self.all.values():
            node.start()
        return self

    def __exit__(self, *_):
        for node in self.all.values():
            if node.process and node.process.poll() is None:
                node.kill()
        if os.environ.get("DAYBOOK_KEEP") is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def alive(self):
        return [node for node in self.all.values() if node.process.poll() is None]

    def owner(self, book, seconds=60):
        """The node that leads a book, once one does."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for node in self.alive():
                owner = node.state(book)["owner"]
                if owner and owner["is_here"]:
                    return node
            time.sleep(ASK_AGAIN_SECONDS)
        raise RuntimeError(f"nobody owns {book} after {seconds} s")


class Client(threading.Thread):
    """Sends one command after the other to nodes at random, each until its outcome is known, and
    writes down what it was told and when."""

    def __init__(self, nodes, book, name, seed):
        super().__init__(daemon=True)
        self.nodes, self.book, self.name = nodes, book, name
        self.random = random.Random(seed)
        self.accepted, self.refused, self.open = {}, set(), set()
        self.times = []
        self.answers = {}
        self.is_ending = threading.Event()

    def run(self):
        number = 0
        while not self.is_ending.is_set():
            number += 1
            self.settle(f"{self.name}-{number}")

    def settle(self, identity):
        body = json.dumps(
            {
                "id": identity,
                "command": "crm.RegisterParty",
                "body": {"party": identity, "kind": "person", "name": identity},
            }
        )
        self.open.add(identity)
        while not self.is_ending.is_set():
            node = self.random.choice(list(self.nodes.all.values()))
            try:
                status, _, text = node.ask(
                    "POST",
                    f"/v1/books/{self.book}/commands",
                    body,
                    {"Content-Type": "application/json"},
                )
            except OSError:
                time.sleep(0.01)
                continue
            self.answers[status] = self.answers.get(status, 0) + 1
            if status == 200:
                self.accepted[identity] = json.loads(text)["first_position"]
                self.times.append(time.monotonic())
                self.open.discard(identity)
                return
            if status == 409:
                self.refused.add(identity)
                self.open.discard(identity)
                return
            if status != 503:
                raise RuntimeError(f"{status}: {text}")
            time.sleep(0.02)

    def end(self):
        self.is_ending.set()
        self.join()

    def wait_accepted(self, count, seconds=60):
        """Until so many more were accepted."""
        goal, until = len(self.accepted) + count, time.monotonic() + seconds
        while len(self.accepted) < goal:
            if time.monotonic() > until:
                raise RuntimeError(f"{self.name}: nothing is accepted for {seconds} s")
            time.sleep(0.005)


def longest_gap(clients, since, until):
    """The longest time without any acknowledgement in between."""
    times = sorted(t for client in clients for t in client.times if since <= t <= until)
    times = [since, *times, until]
    return max(after - before for before, after in zip(times, times[1:]))


def judge(events, clients):
    """What is wrong, as texts: everything accepted stands there once, where it was said to; what
    was refused does not; positions have no gaps."""
    wrong = []
    places = {}
    for position, event in enumerate(events):
        if event["position"] != position:
            wrong.append(f"position {position} holds {event['position']}")
        if event["event"] == "crm.PartyRegistered":
            places.setdefault(event["command"], []).append(position)
    known = set()
    for client in clients:
        for identity, position in client.accepted.items():
            if places.get(identity) != [position]:
                wrong.append(f"{identity}: said {position}, stands at {places.get(identity)}")
        wrong += [f"{one} was refused and stands there" for one in client.refused & places.keys()]
        known |= client.accepted.keys() | client.open
    wrong += [f"{identity} was never sent" for identity in places.keys() - known]
    return wrong
