#!/usr/bin/env python3
"""Requests a second of `daybook serve`, each kind beside a bare echo in the same run.

  bench/http/compare.py DAYBOOK BENCH_HTTP [REQUESTS]

The server holds a book of 10,000 demonstration events and runs with one thread for connections, as
the echo does; client, server and echo share this machine.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path



def registration(connections):
    """A command; the client puts a number of its own in the place of ########."""
    party = {"party": f"P{connections}-########", "kind": "person", "name": "A person"}
    return json.dumps({"command": "crm.RegisterParty", "body": party})


def main():
    program, load = sys.argv[1:3]
    requests = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        subprocess.run([program, "demo", book, "--events", "10000"], check=True, capture_output=True)
        serve = [program, "serve", book, "--port", "0", "--threads", "1"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                port = server.stdout.readline().strip().rsplit(":", 1)[1]
                for connections, share, words in kinds():
                    command = [load, "--port", port, "--connections", str(connections)]
                    command += ["--events", str(max(requests // share, 100)), *words]
                    subprocess.run(command, check=True)
            finally:
                server.terminate()


def kinds():
    """(connections, divisor of the number of requests, method, path, body)"""
    for connections in (1, 16, 64):
        yield connections, 1, ["GET", "/healthz"]
        yield connections, 1, ["GET", "/v1/books/book"]
        yield connections, 2, ["POST", "/v1/books/book/commands", registration(connections)]
    yield 16, 10, ["GET", "/metrics"]
    yield 16, 20, ["GET", "/v1/books/book/reports/trial-balance"]


if __name__ == "__main__":
    main()
