"""The proxy does to produce requests what its rule says, and nothing else."""

import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "broker")]
import cluster as kafka  # noqa: E402
import wire  # noqa: E402
from proxy import CUT, DROP, HOLD, PASS, PRODUCE, REPEAT, Proxy, without_producer  # noqa: E402


def only(direction, action):
    """A rule: this action on produce requests or answers, all else passes."""
    return lambda way, api, number: action if (way, api) == (direction, PRODUCE) else PASS


class Proxied(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = kafka.Cluster(kafka.new_folder(), proxied=True)
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.__enter__()

    def setUp(self):
        self.proxy = Proxy(self.cluster)
        self.addCleanup(self.proxy.__exit__)
        self.client = wire.Client(self.proxy.addresses, timeout=5)
        self.addCleanup(self.client.close)
        self.topic = self.id().rsplit(".", 1)[1]
        self.client.create_topic(self.topic)

    def write(self, value):
        return self.client.produce(self.topic, [(None, value, [])])

    def values(self, at_least=0):
        """What the topic holds, once it holds so many; what no answer told of may come a little later."""
        with wire.Client(self.cluster.addresses) as unharmed:
            deadline = time.monotonic() + 60
            while unharmed.end(self.topic) < at_least and time.monotonic() < deadline:
                time.sleep(0.05)
            return [record.value for record in unharmed.read_all(self.topic)]

    def test_clients_are_told_the_proxy_alone(self):
        self.assertEqual(list(self.client.metadata(self.topic)[0].values()), [self.proxy.addresses])

    def test_a_request_is_repeated(self):
        self.proxy.rule = only("request", REPEAT)
        self.write(b"a")
        self.assertEqual(self.values(at_least=2), [b"a", b"a"])

    def test_a_request_is_held_and_arrives_late(self):
        self.proxy.rule = only("request", HOLD)
        self.assertRaises(OSError, self.write, b"late")
        self.proxy.rule = only("request", PASS)
        self.write(b"in time")
        self.proxy.release(without_producer)
        self.assertEqual(self.values(at_least=2), [b"in time", b"late"])

    def test_an_answer_is_lost_though_the_record_stands(self):
        self.proxy.rule = only("answer", DROP)
        self.assertRaises(OSError, self.write, b"a")
        self.assertEqual(self.values(at_least=1), [b"a"])

    def test_a_request_is_cut_off(self):
        self.proxy.rule = only("request", CUT)
        self.assertRaises(OSError, self.write, b"a")
        self.assertEqual(self.values(), [])
        self.assertEqual(self.proxy.counts, {"cut": 1})

    def test_an_answer_is_delayed(self):
        self.proxy.rule = only("answer", 0.2)
        self.write(b"a")
        self.assertEqual(self.proxy.counts, {"pass": 1, "delay": 1})


if __name__ == "__main__":
    try:
        kafka.jars()
    except kafka.Unavailable as reason:
        sys.exit(kafka.skip(reason))
    unittest.main()
