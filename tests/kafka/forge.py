"""Records as a writer would make them, and as none should: for the judge's own tests, and to put
what does not belong there into a real topic."""

import hashlib
import struct
from typing import NamedTuple

from topic import BOOK_CLAIMED, NODE_MODULE
from wire import Record


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
        return [
            ("daybook_term", str(self.term).encode()),
            ("daybook_position", str(self.position).encode()),
            ("daybook_prev", self.prev.hex().encode()),
            ("daybook_batch", f"{self.index}/{self.count}".encode()),
        ]

    @property
    def chain(self):
        """The chain value behind it."""
        return hashlib.sha256(self.prev + hashlib.sha256(b"\0" + self.value).digest()).digest()

    def record(self, offset):
        return Record(offset, 0, None, self.value, self.headers)
