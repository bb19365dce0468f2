"""Three nodes share two books: commands to any of them, owners that are killed, stopped and frozen,
and a history that is held against what each node then has. DAYBOOK_KILLS says how many kills."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
import unittest

import nodes as cluster_nodes

TAKE_OVER_SECONDS_MAX = 10
BOOKS = ["alpha", "beta"]


def program():
    return os.environ["DAYBOOK_PROGRAM"]


def print_gaps(what, gaps):
    ordered = sorted(gaps)
    print(
        f"{what}: {len(gaps)} times, median {statistics.median(ordered):.2f} s, "
        f"longest {ordered[-1]:.2f} s: {' '.join(f'{gap:.2f}' for gap in ordered)}",
        file=sys.stderr,
    )


class NodesTest(unittest.TestCase):
    def setUp(self):
        # An environment has a group of owners of its own.
        environment = f"t{os.getpid()}-{time.monotonic_ns() % 10**9}"
        self.books = BOOKS
        brokers = f"{os.environ['DAYBOOK_KAFKA']}/{environment}"
        self.nodes = cluster_nodes.Nodes(program(), brokers, ["a", "b", "c"], self.books)
        self.addCleanup(self.nodes.__exit__)
        self.nodes.__enter__()
        self.clients = []

    def ask_on(self, per_book=2):
        for book in self.books:
            self.nodes.owner(book)
            for number in range(per_book):
                client = cluster_nodes.Client(self.nodes, book, f"k{number}", number)
                client.start()
                self.clients.append(client)

    def of(self, book):
        return [client for client in self.clients if client.book == book]

    def end_and_judge(self):
        for client in self.clients:
            client.wait_accepted(3)
        for client in self.clients:
            client.end()
        for book in self.books:
            states = self.same_everywhere(book)
            self.assertEqual(len({state["root"] for state in states}), 1)
            for node in self.nodes.alive():
                wrong = cluster_nodes.judge(node.events(book), self.of(book))
                self.assertEqual(wrong[:5], [], f"{book} at node {node.name}")

    def same_everywhere(self, book, seconds=30):
        until = time.monotonic() + seconds
        while True:
            states = [node.state(book) for node in self.nodes.alive()]
            is_same = len({state["position"] for state in states}) == 1
            if is_same and all(state["lag_events"] == 0 for state in states):
                return states
            self.assertLess(time.monotonic(), until, f"{book}: {states}")
            time.sleep(0.05)

    def test_killed_owners_are_replaced_and_nothing_is_lost(self):
        self.ask_on()
        gaps = []
        for number in range(int(os.environ.get("DAYBOOK_KILLS", "2"))):
            book = self.books[number % len(self.books)]
            owner = self.nodes.owner(book)
            before = time.monotonic()
            owner.kill()
            for client in self.of(book):
                client.wait_accepted(2)
            gaps.append(cluster_nodes.longest_gap(self.of(book), before, time.monotonic()))
            owner.start()
            for client in self.clients:
                client.wait_accepted(2)
        print_gaps("kill -9 of the owner", gaps)
        self.assertLess(max(gaps), TAKE_OVER_SECONDS_MAX)
        self.end_and_judge()

    def test_an_owner_that_stops_hands_over(self):
        self.ask_on()
        book = self.books[0]
        owner = self.nodes.owner(book)
        before = time.monotonic()
        self.assertEqual(owner.stop(), 0)
        for client in self.of(book):
            client.wait_accepted(2)
        gap = cluster_nodes.longest_gap(self.of(book), before, time.monotonic())
        print_gaps("SIGTERM of the owner", [gap])
        self.assertLess(gap, TAKE_OVER_SECONDS_MAX)
        owner.start()
        self.end_and_judge()

    def test_a_frozen_owner_acknowledges_nothing_when_it_thaws(self):
        self.ask_on()
        book = self.books[0]
        owner = self.nodes.owner(book)
        before = time.monotonic()
        self.freeze(owner, book)
        print_gaps("SIGSTOP of the owner, until another leads", [time.monotonic() - before])
        owner.process.send_signal(signal.SIGCONT)
        self.end_and_judge()

    def test_a_frozen_owner_that_nobody_asks_follows_when_it_thaws(self):
        """It has written enough for a snapshot, and what it wrote is no longer all there is."""
        book = self.books[0]
        owner = self.nodes.owner(book)
        for batch in range(3):
            commands = [
                {
                    "command": "crm.RegisterParty",
                    "body": {"party": f"p{batch}-{number}", "kind": "person", "name": "Ada"},
                }
                for number in range(4000)
            ]
            status, _, text = self.settled(owner, book, json.dumps(commands))
            self.assertEqual(status, 200, text[:500])
        self.freeze(owner, book)
        owner.process.send_signal(signal.SIGCONT)
        until = time.monotonic() + 30
        while owner.figure("daybook_recoveries_total", book) == 0:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        self.same_everywhere(book)
        self.assertEqual(owner.stop(), 0)

    def freeze(self, owner, book):
        """Returns when another leads the book."""
        owner.process.send_signal(signal.SIGSTOP)
        others = [node for node in self.nodes.alive() if node is not owner]
        until = time.monotonic() + 30
        while not any(node.state(book)["owner"]["is_here"] for node in others):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def test_any_node_takes_commands_and_answers_reads(self):
        book = self.books[0]
        owner = self.nodes.owner(book)
        for number, node in enumerate(self.nodes.alive()):
            body = (
                '{"id": "p%d", "command": "crm.RegisterParty", "body": {"party": "p%d", '
                '"kind": "person", "name": "Ada"}}' % (number, number)
            )
            status, headers, text = self.settled(node, book, body)
            self.assertEqual(status, 200, text)
            position = headers["daybook-position"]
            report = f"/v1/books/{book}/reports/trial-balance?at-position={position}"
            for reader in self.nodes.alive():
                answer = reader.ask("GET", report)
                self.assertEqual(answer[0], 200, answer[2])
                self.assertGreaterEqual(int(answer[1]["daybook-position"]), int(position))
        self.assertEqual(owner.figure("daybook_accepts_commands", book), 1)
        self.assertGreaterEqual(owner.figure("daybook_kafka_claims_total", book), 1)
        self.assertEqual(owner.figure("daybook_open_outcomes", book), 0)

    def test_books_that_come_while_a_node_runs_are_served(self):
        """One is begun there and one is copied there, while nodes that were told no name run."""
        environment = f"late{os.getpid()}-{time.monotonic_ns() % 10**9}"
        brokers = f"{os.environ['DAYBOOK_KAFKA']}/{environment}"
        faster = ["--kafka", "topic.metadata.refresh.interval.ms=500"]
        with cluster_nodes.Nodes(program(), brokers, ["a", "b"], [], faster) as late:
            home = f"{late.folder}/home"
            self.run_program("init", f"kafka://{brokers}/begun", "--local", f"{late.folder}/begun")
            self.run_program("demo", home, "--events", "8000")
            there = ["--from", home, "--to", f"kafka://{brokers}/copied"]
            self.run_program("book", "copy", *there, "--local", f"{late.folder}/copied")
            for book in ("begun", "copied"):
                owner = self.served_owner(late, book)
                body = (
                    '{"id": "late", "command": "crm.RegisterParty", "body": {"party": "late", '
                    '"kind": "person", "name": "Ada"}}'
                )
                for node in late.all.values():
                    status, _, text = self.settled(node, book, body)
                    self.assertEqual(status, 200, text)
                self.assertEqual(owner.figure("daybook_accepts_commands", book), 1)

    def run_program(self, *arguments):
        done = subprocess.run(
            [program(), *arguments], capture_output=True, text=True, timeout=300
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def served_owner(self, nodes, book, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if all(node.ask("GET", f"/v1/books/{book}")[0] == 200 for node in nodes.alive()):
                return nodes.owner(book)
            time.sleep(0.1)
        self.fail(f"{book} is not served after {seconds} s")

    def settled(self, node, book, body):
        until = time.monotonic() + 30
        while True:
            answer = node.ask(
                "POST", f"/v1/books/{book}/commands", body, {"Content-Type": "application/json"}
            )
            if answer[0] != 503 or time.monotonic() > until:
                return answer
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
