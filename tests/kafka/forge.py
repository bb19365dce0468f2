"""Records as a writer would make them, and as none should: for the judge's own tests, and to put
what does not belong there into a real topic."""

import struct
from typing import NamedTuple

from topic import BOOK_CLAIMED, NODE_MODULE, chain_after, event_of
from wire import Record


def headers_of(term, position, prev, place):
    return [
        ("daybook_term", str(term).encode()),
        ("daybook_position", str(position).encode()),
        ("daybook_prev", prev.hex().encode()),
        ("daybook_batch", place.encode()),
    ]


class Draft(NamedTuple):
    """One record to be. `command` is a code of at most 16 characters."""

    term: int
    position: int
    prev: bytes
    index: int = 0
    count: int = 1
    command: str = ""
    is_claim: bool = False
    payload: bytes = b"nothing"

    @property
    def value(self):
        module, kind = (NODE_MODULE, BOOK_CLAIMED) if self.is_claim else (b"TEST", 1)
        command = struct.unpack(">QQ", self.command.encode().ljust(16, b"\0"))
        head = struct.pack("<QqQQ", self.position, 0, *command) + bytes(48) + module
        head += struct.pack(
            "<iIIIIIBBH", 0, 0, len(self.payload), self.index, self.count, 0, kind, 1, 0
        )
        return head + self.payload

    @property
    def headers(self):
        return headers_of(self.term, self.position, self.prev, f"{self.index}/{self.count}")

    @property
    def chain(self):
        """The chain value behind it."""
        return chain_after(self.prev, self.value)

    def record(self, offset):
        return Record(offset, 0, None, self.value, self.headers)


def copied(values, term=0):
    """(value, headers) of events as one writer in one term puts them into an empty topic."""
    records, prev = [], bytes(32)
    for value in values:
        event = event_of(value)
        place = f"{event.batch_index}/{event.batch_count}"
        records.append((value, headers_of(term, event.position, prev, place)))
        prev = chain_after(prev, value)
    return records
