"""The few requests of Kafka's own protocol that the tests need, in the standard library alone.

It shares no line with librdkafka, so that what it reads back is a second witness. Requests are sent
in versions before Kafka's compact encoding, one at a time; record batches are of format 2.
"""

import gzip
import socket
import struct
import time
from typing import NamedTuple

PRODUCE, FETCH, LIST_OFFSETS, METADATA, FIND_COORDINATOR = 0, 1, 2, 3, 10
CREATE_TOPICS, DELETE_TOPICS, DELETE_RECORDS = 19, 20, 21
CREATE_ACLS = 30
ACL_KINDS = {"topic": 2, "group": 3, "cluster": 4}
ACL_OPERATIONS = {"read": 3, "write": 4, "create": 5, "describe": 8, "describe-configs": 10}
FETCH_BYTES_MAX = 8 << 20
LATEST, EARLIEST = -1, -2
ALL, LEADER = -1, 1  # Replicas that must have a record.
NONE, UNKNOWN_TOPIC, LEADER_NOT_AVAILABLE, NOT_LEADER = 0, 3, 5, 6
TOPIC_EXISTS = 36


class KafkaError(Exception):
    """The broker answered with an error code."""

    def __init__(self, what, code):
        super().__init__(f"{what}: Kafka answered with error {code}")
        self.code = code


class Record(NamedTuple):
    """One record as it stands in the topic; headers are pairs of text and bytes."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list


# ---- bytes


def _crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0x82F63B78 if value & 1 else value >> 1
        table.append(value)
    return table


_CRC_TABLE = _crc_table()


def crc32c(data):
    value = 0xFFFFFFFF
    table = _CRC_TABLE
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def varint(value):
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(value):
    """A string with its length before it; None is the null string."""
    if value is None:
        return struct.pack(">h", -1)
    data = value.encode()
    return struct.pack(">h", len(data)) + data


def _sized(data):
    return varint(-1) if data is None else varint(len(data)) + data


class Reader:
    """Takes values off the front of an answer."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        size = struct.calcsize(">" + form)
        (value,) = struct.unpack_from(">" + form, self.data, self.at)
        self.at += size
        return value

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self):
        count = self.take("h")
        return None if count < 0 else self.bytes(count).decode()

    def blob(self):
        count = self.take("i")
        return None if count < 0 else self.bytes(count)

    def many(self, read):
        return [read(self) for _ in range(self.take("i"))]

    def varint(self):
        shift = value = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def sized(self):
        count = self.varint()
        return None if count < 0 else self.bytes(count)


# ---- record batches


def encode_batch(records, timestamp=0):
    """Records given as (key, value, headers) become one batch of format 2."""
    body = bytearray()
    for index, (key, value, headers) in enumerate(records):
        record = bytearray(b"\0" + varint(0) + varint(index) + _sized(key) + _sized(value))
        record += varint(len(headers))
        for name, content in headers:
            record += _sized(name.encode()) + _sized(content)
        body += varint(len(record)) + record
    rest = struct.pack(
        ">hiqqqhii", 0, len(records) - 1, timestamp, timestamp, -1, -1, -1, len(records)
    )
    rest += body
    return struct.pack(">qiibI", 0, len(rest) + 9, -1, 2, crc32c(rest)) + rest


def decode_batches(data):
    """Every whole, plain record in a fetch answer; a batch cut short at its end is left."""
    reader, records = Reader(data), []
    while len(data) - reader.at >= 61:
        base = reader.take("q")
        length = reader.take("i")
        if len(data) - reader.at < length:
            break
        batch = Reader(reader.bytes(length))
        batch.bytes(9)  # Leader epoch, format, checksum.
        attributes = batch.take("h")
        batch.take("i")
        first_time = batch.take("q")
        batch.bytes(22)  # Last time, producer id and epoch, first sequence.
        count = batch.take("i")
        if attributes & 0x20:
            continue  # A transaction's mark.
        records += _decode_records(batch, attributes & 7, base, first_time, count)
    return records


def _decode_records(batch, codec, base, first_time, count):
    if codec == 1:
        batch = Reader(gzip.decompress(batch.data[batch.at :]))
    elif codec:
        raise ValueError(f"records are compressed by codec {codec}, which is not read here")
    records = []
    for _ in range(count):
        batch.varint()
        batch.take("b")
        time = first_time + batch.varint()
        offset = base + batch.varint()
        key, value = batch.sized(), batch.sized()
        headers = [(batch.sized().decode(), batch.sized()) for _ in range(batch.varint())]
        records.append(Record(offset, time, key, value, headers))
    return records


# ---- requests


class Connection:
    """One connection to one broker; a request waits for its answer."""

    def __init__(self, address, timeout=30.0):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout)
        self.correlation = 0

    def close(self):
        self.socket.close()

    def ask(self, api, version, body):
        self.correlation += 1
        head = struct.pack(">hhi", api, version, self.correlation) + text("daybook-tests")
        self.socket.sendall(struct.pack(">i", len(head) + len(body)) + head + body)
        answer = Reader(self._exactly(struct.unpack(">i", self._exactly(4))[0]))
        if answer.take("i") != self.correlation:
            raise ConnectionError("the answer belongs to another request")
        return answer

    def _exactly(self, count):
        data = bytearray()
        while len(data) < count:
            part = self.socket.recv(min(count - len(data), 1 << 20))
            if not part:
                raise ConnectionError("the broker closed the connection")
            data += part
        return bytes(data)


class Client:
    """Topics with one partition each, asked of their leaders; not for use by several threads."""

    def __init__(self, addresses, timeout=30.0):
        self.addresses = addresses.split(",") if isinstance(addresses, str) else list(addresses)
        self.timeout = timeout
        self.connections = {}
        self.leaders = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()
        self.leaders.clear()

    def _ask(self, address, api, version, body):
        if address not in self.connections:
            self.connections[address] = Connection(address, self.timeout)
        try:
            return self.connections[address].ask(api, version, body)
        except OSError:
            self.connections.pop(address).close()
            self.leaders.clear()
            raise

    def _anyone(self, api, version, body):
        last = ConnectionError("no broker was named")
        for address in self.addresses:
            try:
                return self._ask(address, api, version, body)
            except OSError as error:
                last = error
        raise last

    def metadata(self, topic):
        """Brokers by id, the controller's id, the leader's (-1: none) and the replicas in sync."""
        answer = self._anyone(METADATA, 1, struct.pack(">i", 1) + text(topic))
        brokers = {}
        for _ in range(answer.take("i")):
            node, host, port = answer.take("i"), answer.text(), answer.take("i")
            answer.text()
            brokers[node] = f"{host}:{port}"
        controller = answer.take("i")
        answer.take("i")
        error, _, _, partitions = (
            answer.take("h"),
            answer.text(),
            answer.take("b"),
            answer.take("i"),
        )
        if error or partitions < 1:
            raise KafkaError(f"metadata of {topic}", error or UNKNOWN_TOPIC)
        answer.take("h")
        answer.take("i")
        leader = answer.take("i")
        answer.many(lambda reader: reader.take("i"))
        in_sync = answer.many(lambda reader: reader.take("i"))
        return brokers, controller, leader, in_sync

    def leader(self, topic):
        if topic not in self.leaders:
            brokers, _, leader, _ = self.metadata(topic)
            if leader not in brokers:
                raise KafkaError(f"leader of {topic}", LEADER_NOT_AVAILABLE)
            self.leaders[topic] = brokers[leader]
        return self.leaders[topic]

    def create_topic(self, topic, replication=1, config=None, partitions=1):
        """Answers whether it was created; False when it was there."""
        entries = (config or {}).items()
        body = (
            struct.pack(">i", 1)
            + text(topic)
            + struct.pack(">ihii", partitions, replication, 0, len(entries))
        )
        body += b"".join(text(name) + text(str(value)) for name, value in entries)
        # Only the controller makes topics; every broker of KRaft passes the request on to it.
        answer = self._anyone(CREATE_TOPICS, 2, body + struct.pack(">i?", 15000, False))
        answer.take("i")
        answer.take("i")
        answer.text()
        error = answer.take("h")
        if error not in (NONE, TOPIC_EXISTS):
            raise KafkaError(f"creating {topic}: {answer.text()}", error)
        self._wait_for_leader(topic)
        return error == NONE

    def _wait_for_leader(self, topic):
        """Until every broker that answers names it: each learns of a new topic for itself."""
        deadline = time.monotonic() + self.timeout
        for address in self.addresses:
            with Client(address, self.timeout) as one:
                one._wait_until_known(topic, deadline)

    def _wait_until_known(self, topic, deadline):
        while True:
            try:
                return self.leader(topic)
            except KafkaError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            except OSError:
                return None

    def delete_topic(self, topic):
        answer = self._anyone(
            DELETE_TOPICS, 1, struct.pack(">i", 1) + text(topic) + struct.pack(">i", 15000)
        )
        answer.take("i")
        answer.take("i")
        answer.text()
        error = answer.take("h")
        if error:
            raise KafkaError(f"deleting {topic}", error)

    def delete_records(self, topic, offset):
        """Removes the records before the offset."""
        body = struct.pack(">i", 1) + text(topic) + struct.pack(">iiqi", 1, 0, offset, 15000)
        answer = self._ask(self.leader(topic), DELETE_RECORDS, 0, body)
        answer.take("i")
        answer.take("i")
        answer.text()
        answer.take("i")
        answer.take("i")
        answer.take("q")
        self._check(topic, f"deleting records of {topic}", answer.take("h"))

    def allow(self, user, kind, name, operation, prefixed=False):
        """An entry of the access control list, in the words of ACL_KINDS and ACL_OPERATIONS."""
        pattern = 4 if prefixed else 3
        body = struct.pack(">ib", 1, ACL_KINDS[kind]) + text(name) + struct.pack(">b", pattern)
        body += text(f"User:{user}") + text("*") + struct.pack(">bb", ACL_OPERATIONS[operation], 3)
        answer = self._anyone(CREATE_ACLS, 1, body)
        answer.take("i")
        answer.take("i")
        error = answer.take("h")
        if error:
            raise KafkaError(f"allowing {user} to {operation} {kind} {name}", error)

    def produce(self, topic, records, timeout_ms=5000, acks=ALL):
        """Appends (key, value, headers) records as one batch; the first one's offset, when so many
        replicas have it."""
        batch = encode_batch(records)
        body = text(None) + struct.pack(">hii", acks, timeout_ms, 1) + text(topic)
        body += struct.pack(">iii", 1, 0, len(batch)) + batch
        answer = self._ask(self.leader(topic), PRODUCE, 3, body)
        answer.take("i")
        answer.text()
        answer.take("i")
        answer.take("i")
        error, offset = answer.take("h"), answer.take("q")
        self._check(topic, f"appending to {topic}", error)
        return offset

    def end(self, topic, timestamp=LATEST):
        """The offset behind the last record, or the first one's for EARLIEST."""
        body = struct.pack(">ii", -1, 1) + text(topic) + struct.pack(">iiq", 1, 0, timestamp)
        answer = self._ask(self.leader(topic), LIST_OFFSETS, 1, body)
        answer.take("i")
        answer.text()
        answer.take("i")
        answer.take("i")
        error, _, offset = answer.take("h"), answer.take("q"), answer.take("q")
        self._check(topic, f"end of {topic}", error)
        return offset

    def fetch(self, topic, offset, wait_ms=100):
        """Records from this offset on, as many as one answer holds; none at the end."""
        body = struct.pack(">iiiibi", -1, wait_ms, 1, FETCH_BYTES_MAX, 0, 1) + text(topic)
        body += struct.pack(">iiqi", 1, 0, offset, FETCH_BYTES_MAX)
        answer = self._ask(self.leader(topic), FETCH, 4, body)
        answer.take("i")
        answer.take("i")
        answer.text()
        answer.take("i")
        answer.take("i")
        error = answer.take("h")
        self._check(topic, f"reading {topic}", error)
        answer.bytes(16)
        answer.many(lambda reader: (reader.take("q"), reader.take("q")))
        return [
            record for record in decode_batches(answer.blob() or b"") if record.offset >= offset
        ]

    def read_all(self, topic):
        """Every record up to the end that the topic has now."""
        end, offset = self.end(topic), self.end(topic, EARLIEST)
        idle = 0
        while offset < end:
            if idle == 600:
                raise RuntimeError(f"{topic} gives nothing behind offset {offset} of {end}")
            records = self.fetch(topic, offset)
            idle = 0 if records else idle + 1
            yield from (record for record in records if record.offset < end)
            offset = records[-1].offset + 1 if records else offset

    def find_coordinator(self, group):
        """Who coordinates this group: the first such question makes the cluster's offsets topic."""
        answer = self._anyone(FIND_COORDINATOR, 1, text(group) + b"\0")
        answer.take("i")
        error = answer.take("h")
        if error:
            raise KafkaError(f"coordinator of {group}", error)

    def _check(self, topic, what, error):
        if error:
            self.leaders.pop(topic, None)
            raise KafkaError(what, error)
