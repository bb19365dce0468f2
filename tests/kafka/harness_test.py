"""The harness itself: what it says of the broker is true, and nothing of it outlives its caller."""

import os
import signal
import subprocess
import sys
import time
import unittest
import uuid
from pathlib import Path

BROKER = Path(__file__).resolve().parent / "broker"
sys.path.insert(0, str(BROKER))
import wire  # noqa: E402

ADDRESSES = os.environ["DAYBOOK_KAFKA"]


class Harness(unittest.TestCase):
    def test_records_come_back_as_they_were_written(self):
        topic = f"harness.{uuid.uuid4().hex}"
        written = [(b"key", b"value", [("ce_id", b"1"), ("empty", b"")]), (None, b"x" * 70000, [])]
        with wire.Client(ADDRESSES) as client:
            self.assertTrue(client.create_topic(topic, len(ADDRESSES.split(","))))
            self.assertFalse(client.create_topic(topic, len(ADDRESSES.split(","))))
            self.assertEqual(client.produce(topic, written[:1]), 0)
            self.assertEqual(client.produce(topic, written * 2), 1)
            self.assertEqual(client.end(topic), 5)
            read = [(record.key, record.value, record.headers) for record in client.read_all(topic)]
            self.assertEqual(read, written[:1] + written * 2)
            client.delete_topic(topic)

    def test_every_named_broker_is_there(self):
        with wire.Client(ADDRESSES) as client:
            brokers, _, _, in_sync = client.metadata("harness.ready")
        self.assertEqual(sorted(brokers.values()), sorted(ADDRESSES.split(",")))
        self.assertEqual(len(in_sync), len(brokers))

    @unittest.skipIf("," in ADDRESSES, "once is enough")
    def test_a_caller_that_is_killed_takes_its_broker_along(self):
        harness = subprocess.Popen(
            [
                sys.executable,
                BROKER / "broker.py",
                "run",
                "--",
                "sh",
                "-c",
                "pgrep -P $PPID java; exec sleep 60",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        java = int(harness.stdout.readline())
        os.kill(java, 0)
        harness.send_signal(signal.SIGKILL)
        harness.wait()
        harness.stdout.close()
        deadline = time.monotonic() + 30
        while Path(f"/proc/{java}").exists() and not is_zombie(java):
            self.assertLess(time.monotonic(), deadline, "the broker outlived its caller")


def is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


if __name__ == "__main__":
    unittest.main()
