"""A book's trial balance, read from its topic in Kafka by nothing of Daybook's but its schemas.

  trial_balance.py TOPIC [PROPERTY=VALUE ...]     e.g. bootstrap.servers=127.0.0.1:9092

Reads to the end that the topic has now and prints each account's balance in the book's base
currency, in minor units. A reader of one's own begins with a copy of this file: `Validity` is all
that a reader must know of Daybook, the rest is Kafka and FlatBuffers. The modules `daybook.*` are
made by `flatc --python schemas/*.fbs`; the folder that holds them stands in PYTHONPATH.
"""

import json
import struct
import sys
from collections import Counter

from confluent_kafka import Consumer, KafkaException, TopicPartition
from daybook.EventHeader import EventHeader
from daybook.accounting.EntryPosted import EntryPosted
from daybook.accounting.Event import Event
from daybook.accounting.EventRecord import EventRecord
from daybook.wire.Id import Id

HEADER_BYTES = EventHeader.SizeOf()
ACCOUNTING = int.from_bytes(b"ACCT", "little")
NODE, BOOK_CLAIMED = int.from_bytes(b"NODE", "little"), 1


class Validity:
    """Which records are events of the book: the rule of topics.md, as a reader needs it."""

    def __init__(self):
        self.term, self.next, self.waiting, self.skipped = 0, 0, [], 0

    def events_of(self, term, header, value):
        """What this record makes certain: nothing, itself, or the batch that it completes."""
        is_claim = (header.Module(), header.Type()) == (NODE, BOOK_CLAIMED)
        if is_claim and term > self.term:
            self.term, self.skipped, self.waiting = term, self.skipped + len(self.waiting), []
        elif is_claim or term != self.term:
            return self._skip()
        place = len(self.waiting)
        if header.Position() != self.next + place or header.BatchIndex() != place:
            return self._skip()
        self.waiting.append(value)
        if len(self.waiting) < header.BatchCount():
            return []
        whole, self.waiting = self.waiting, []
        self.next += len(whole)
        return whole

    def _skip(self):
        self.skipped += 1
        return []


def values_of(topic, properties):
    """(term, value) of each record that stands in the topic now; a topic without its beginning is
    refused."""
    ours = {"group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "error"}
    consumer = Consumer(ours | properties)
    _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=30)
    offset = 0
    consumer.assign([TopicPartition(topic, 0, offset)])
    while offset < end:
        message = consumer.poll(30)
        if message is None:
            raise TimeoutError(f"nothing came after offset {offset} of {end}")
        if message.error():
            raise KafkaException(message.error())
        offset = message.offset() + 1
        headers = dict(message.headers() or [])
        if "daybook_term" in headers and len(message.value() or b"") >= HEADER_BYTES:
            yield int(headers["daybook_term"]), message.value()
    consumer.close()


def id_text(wire_id):
    data = struct.pack(">QQ", wire_id.High(), wire_id.Low())
    return data.hex() if wire_id.Low() >> 63 else data.rstrip(b"\0").decode()


def post(balances, value):
    record = EventRecord.GetRootAs(value, HEADER_BYTES)
    if record.EventType() != Event.EntryPosted:
        return
    entry = EntryPosted()
    entry.Init(record.Event().Bytes, record.Event().Pos)
    for index in range(entry.LinesLength()):
        line = entry.Lines(index)
        balances[id_text(line.Account(Id()))] += line.BaseMinor()


def main():
    topic, properties = sys.argv[1], dict(pair.split("=", 1) for pair in sys.argv[2:])
    validity, balances = Validity(), Counter()
    for term, value in values_of(topic, properties):
        header = EventHeader()
        header.Init(value, 0)
        for event in validity.events_of(term, header, value):
            header.Init(event, 0)
            if header.Module() == ACCOUNTING:
                post(balances, event)
    counts = {name: getattr(validity, name) for name in ("term", "next", "skipped")}
    print(json.dumps(counts | {"balances": dict(sorted(balances.items()))}))


if __name__ == "__main__":
    main()
