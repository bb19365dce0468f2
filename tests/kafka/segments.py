"""Reads the events of an embedded log, written from engine/log/FORMAT.md and nothing else."""

import struct
from pathlib import Path

FRAMES_AT, FRAME_HEAD_BYTES, HASH_BYTES, PAYLOAD_BYTES_AT, EVENT_HEADER_BYTES = (
    8192,
    104,
    32,
    92,
    112,
)


def events_of(book_folder):
    """Each event's bytes in order; the log must not be written meanwhile."""
    for path in sorted(Path(book_folder, "log").glob("[0-9]*.segment")):
        data = path.read_bytes()
        at = FRAMES_AT
        while data[at : at + 4] == b"FRAM":
            frame_bytes, count = struct.unpack_from("<II", data, at + 8)
            offsets = struct.unpack_from(
                f"<{count}I", data, at + FRAME_HEAD_BYTES + HASH_BYTES * count
            )
            for start in (at + offset for offset in offsets):
                (payload,) = struct.unpack_from("<I", data, start + PAYLOAD_BYTES_AT)
                yield data[start : start + EVENT_HEADER_BYTES + payload]
            at += frame_bytes
