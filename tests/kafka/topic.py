"""The rule of connectors/kafka/topics.md once more, written from that page and from nothing else.

It is the tests' judge: what a topic says is read by `wire`, folded here, and held against what
clients were told. Neither the program's code nor librdkafka has a part in it.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import NamedTuple

HEADER_BYTES = 112
NODE_MODULE, BOOK_CLAIMED = b"NODE", 1


class Event(NamedTuple):
    """What the 112 bytes before every payload say, as far as the tests ask."""

    position: int
    command: str
    document: str
    module: bytes
    type: int
    batch_index: int
    batch_count: int


def id_text(high, low):
    """A code as people wrote it, or a UUID in hex; told apart by the top bit of byte 8."""
    data = struct.pack(">QQ", high, low)
    return data.hex() if low >> 63 else data.rstrip(b"\0").decode()


def event_of(value):
    if len(value) < HEADER_BYTES:
        raise ValueError(f"{len(value)} bytes hold no event")
    position, _, *ids = struct.unpack_from("<Qq8Q", value)
    module = struct.pack("<I", struct.unpack_from("<I", value, 80)[0])
    payload_bytes, index, count = struct.unpack_from("<III", value, 92)
    if payload_bytes != len(value) - HEADER_BYTES:
        raise ValueError(f"the payload has {len(value) - HEADER_BYTES} bytes, not {payload_bytes}")
    return Event(position, id_text(*ids[:2]), id_text(*ids[4:6]), module, value[108], index, count)


def chain_after(prev, value):
    return hashlib.sha256(prev + hashlib.sha256(b"\0" + value).digest()).digest()


@dataclass
class Claim:
    term: int
    position: int
    offset: int
    fences_only: bool


@dataclass
class Book:
    """The fold: everything that counts, in order, and how much did not."""

    term: int = 0
    chain: bytes = bytes(32)
    values: list = field(default_factory=list)  # Of the events, by position.
    offsets: list = field(default_factory=list)  # Where each stands in the topic.
    claims: list = field(default_factory=list)
    void: list = field(default_factory=list)  # Offsets.
    waiting: list = field(default_factory=list)  # (value, chain, offset) of an unfinished batch.
    waiting_count: int = 0
    whole_batches: bool = True  # False, for a control: each record counts as it arrives.

    @property
    def next(self):
        return len(self.values)

    def read(self, record):
        parsed = _parse(record)
        if parsed is None:
            self.void.append(record.offset)
            return
        event, term, prev = parsed
        after = chain_after(prev, record.value)
        if (event.module, event.type) == (NODE_MODULE, BOOK_CLAIMED):
            self._claim(record, event, term, prev, after)
        elif self._fits(event, term, prev):
            self.waiting.append((record.value, after, record.offset))
            self.waiting_count = event.batch_count
            if len(self.waiting) == event.batch_count or not self.whole_batches:
                for value, self.chain, offset in self.waiting:
                    self.values.append(value)
                    self.offsets.append(offset)
                self.waiting = []
        else:
            self.void.append(record.offset)

    def _fits(self, event, term, prev):
        at = len(self.waiting)
        if not self.whole_batches:
            is_next = (term, event.position, prev) == (self.term, self.next, self.chain)
            return is_next and event.batch_index < event.batch_count
        return (
            term == self.term
            and event.position == self.next + at
            and event.batch_index == at < event.batch_count
            and (at == 0 or event.batch_count == self.waiting_count)
            and prev == (self.waiting[-1][1] if at else self.chain)
        )

    def _claim(self, record, event, term, prev, after):
        if term <= self.term or event.batch_count != 1:
            self.void.append(record.offset)
            return
        self.void += [offset for _, _, offset in self.waiting]
        self.waiting = []
        self.term = term
        leads = event.position == self.next and prev == self.chain
        self.claims.append(Claim(term, event.position, record.offset, not leads))
        if leads:
            self.values.append(record.value)
            self.offsets.append(record.offset)
            self.chain = after

    def root(self):
        """Of the RFC 6962 tree over the events."""
        hashes = [hashlib.sha256(b"\0" + value).digest() for value in self.values]
        return _merkle(hashes) if hashes else hashlib.sha256(b"").digest()


def _merkle(hashes):
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    left, right = _merkle(hashes[:half]), _merkle(hashes[half:])
    return hashlib.sha256(b"\1" + left + right).digest()


def _parse(record):
    """Event, term and chain value of a record, or None where headers are missing or untrue."""
    headers = dict(record.headers)
    try:
        event = event_of(record.value)
        term = int(headers["daybook_term"])
        prev = bytes.fromhex(headers["daybook_prev"].decode())
        place = (int(headers["daybook_position"]), headers["daybook_batch"].decode())
    except (KeyError, ValueError, TypeError):
        return None
    if place != (event.position, f"{event.batch_index}/{event.batch_count}") or len(prev) != 32:
        return None
    return event, term, prev


def fold_naively(records):
    """Every record counts, as for a reader that knows no rule: what the rule is there for."""
    book = Book()
    for record in records:
        if _parse(record):
            book.values.append(record.value)
            book.offsets.append(record.offset)
    return book


def fold_without_batches(records):
    return fold(records, Book(whole_batches=False))


def fold(records, book=None):
    book = book or Book()
    for record in records:
        book.read(record)
    return book
