"""Stands between clients and a broker and mistreats produce requests and their answers.

    with Proxy(cluster) as proxy:
        proxy.rule = lambda direction, api, number: HOLD if api == PRODUCE else PASS

A rule is asked for every frame: direction ("request" or "answer"), the request's kind, and how
many of that kind came before. It answers with an action below, or with a number of seconds to wait.
The cluster must be `proxied`: then its brokers name the proxy's ports to their clients.
"""

import socket
import struct
import threading
import time

import wire

PASS, DROP, HOLD, REPEAT, CUT = "pass", "drop", "hold", "repeat", "cut"
PRODUCE = wire.PRODUCE
WAIT_SECONDS_MAX = 30.0


class Proxy:
    """Listens for every broker of a proxied cluster; what it holds outlives its connection."""

    def __init__(self, cluster):
        self.rule = lambda direction, api, number: PASS
        self.held = []  # (address, frame) in the order in which they came.
        self.counts = {}  # How often which action was taken on produce requests and answers.
        self.listeners = []
        self.lock = threading.Lock()
        self.numbers = {}
        self.links = set()
        for node in cluster.nodes:
            listener = socket.create_server(("127.0.0.1", node.ports["ADVERTISED"]))
            self.listeners.append(listener)
            self._run(self._accept, listener, ("127.0.0.1", node.ports["PROXIED"]))
        self.addresses = cluster.addresses_of("ADVERTISED")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.rule = lambda direction, api, number: CUT
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.cut_all()

    def cut_all(self):
        """Ends every connection; clients come back when they like."""
        with self.lock:
            links = list(self.links)
        for link in links:
            link.cut()

    def release(self, changed=lambda frame: frame):
        """Sends what was held, late, on new connections, as packets that were long under way."""
        with self.lock:
            held, self.held = self.held, []
        answers = []
        for address, frame in held:
            with socket.create_connection(address, 10) as late:
                late.sendall(sized(changed(frame)))
                answers.append(receive(late))
        return answers

    def judge(self, direction, api):
        with self.lock:
            number = self.numbers[direction, api] = self.numbers.get((direction, api), -1) + 1
        action = self.rule(direction, api, number)
        if api == PRODUCE:
            name = "delay" if isinstance(action, (int, float)) else action
            with self.lock:
                self.counts[name] = self.counts.get(name, 0) + 1
        return action

    def _accept(self, listener, address):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                Link(self, client, socket.create_connection(address, 10), address)
            except OSError:
                client.close()

    def _run(self, function, *arguments):
        threading.Thread(target=function, args=arguments, daemon=True).start()


class Link:
    """One client's connection to one broker: a thread for each direction."""

    def __init__(self, proxy, client, broker, address):
        self.proxy, self.client, self.broker, self.address = proxy, client, broker, address
        self.kinds = {}  # By correlation id, what was asked.
        self.doubled = set()  # Correlation ids of which one answer more will come than is awaited.
        for one in (client, broker):
            one.settimeout(None)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with proxy.lock:
            proxy.links.add(self)
        proxy._run(self._pump, client, self._request)
        proxy._run(self._pump, broker, self._answer)

    def cut(self):
        for one in (self.client, self.broker):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _pump(self, source, use):
        try:
            while True:
                use(receive(source))
        except (OSError, ConnectionError):
            pass
        self.cut()
        source.close()
        with self.proxy.lock:
            self.proxy.links.discard(self)

    def _request(self, frame):
        api, _, correlation = struct.unpack_from(">hhi", frame)
        self.kinds[correlation] = api
        action = self.proxy.judge("request", api)
        if action == HOLD:
            with self.proxy.lock:
                self.proxy.held.append((self.address, frame))
            return
        if action == REPEAT:
            self.doubled.add(correlation)
            self.broker.sendall(sized(frame))
        self._send(action, self.broker, frame)

    def _answer(self, frame):
        (correlation,) = struct.unpack_from(">i", frame)
        if correlation in self.doubled:
            self.doubled.discard(correlation)
            return
        action = self.proxy.judge("answer", self.kinds.pop(correlation, None))
        self._send(action, self.client, frame)

    def _send(self, action, target, frame):
        if action == DROP:
            return
        if action == CUT:
            raise ConnectionError("cut by the rule")
        if isinstance(action, (int, float)):
            time.sleep(min(action, WAIT_SECONDS_MAX))
        target.sendall(sized(frame))


def sized(frame):
    return struct.pack(">i", len(frame)) + frame


def receive(source):
    (length,) = struct.unpack(">i", _exactly(source, 4))
    return _exactly(source, length)


def _exactly(source, count):
    data = bytearray()
    while len(data) < count:
        part = source.recv(min(count - len(data), 1 << 20))
        if not part:
            raise ConnectionError("the other side has gone")
        data += part
    return bytes(data)


def without_producer(frame):
    """The produce request with the producer's id and numbers taken out, so that a broker that knows
    the producer's sequence takes the records once more: what a resurrected write looks like."""
    reader = wire.Reader(frame)
    api, version = reader.take("h"), reader.take("h")
    if api != PRODUCE or not 3 <= version <= 8:
        raise ValueError(f"request {api} of version {version} is not read here")
    reader.take("i")
    reader.text()  # The client's name.
    reader.text()  # A transaction's name.
    reader.bytes(6)
    out = bytearray(frame)
    for _ in range(reader.take("i")):
        reader.text()
        for _ in range(reader.take("i")):
            reader.take("i")
            length = reader.take("i")
            _strip_batch(out, reader.at, length)
            reader.at += length
    return bytes(out)


def _strip_batch(out, at, length):
    """At 43: producer id, epoch, first sequence; at 17 the checksum of all from 21 on."""
    (batch_length,) = struct.unpack_from(">i", out, at + 8)
    if batch_length + 12 != length:
        raise ValueError("more than one batch stands in the request")
    struct.pack_into(">qhi", out, at + 43, -1, -1, -1)
    struct.pack_into(">I", out, at + 17, wire.crc32c(out[at + 21 : at + length]))
