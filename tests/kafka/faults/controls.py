"""Negative controls: with a guard switched off, the same fault must do harm that the judge sees."""

import signal
import time

import cluster as kafka
import oracle
import wire
from forge import Draft
from proxy import HOLD, PASS, PRODUCE, Proxy
from report import Row
from scene import Scene
from topic import fold, fold_naively, fold_without_batches

HELD_SECONDS = 3.5
# How long a book may take to accept again; and one that may never, since it was read by positions alone.
ACCEPTED_SECONDS = 60
HARMED_SECONDS = 12
ONE_DISK_EVENTS = 10
# Longer than a topic with these settings keeps anything.
FORGOTTEN_SECONDS = 4.0
FORGETTING = {"retention.ms": 500, "segment.ms": 500}

# ---- A group is under way when another node takes the book over, and arrives behind the claim.


class Once:
    """A rule: the next produce request waits, and no other."""

    def __init__(self):
        self.struck = False

    def __call__(self, direction, api, number):
        if self.struck or (direction, api) != ("request", PRODUCE):
            return PASS
        self.struck = True
        return HELD_SECONDS


def late_group(options, rounds, properties=(), writes_meanwhile=True):
    """The row, and in how many places a reader without the rule would go wrong."""
    with kafka.Cluster(kafka.new_folder(), proxied=True) as cluster, Proxy(cluster) as proxy:
        places = {"addresses": proxy.addresses, "properties": properties}
        with Scene(options, cluster, "late group", **places) as scene:
            # Groups of batches of one event: then a late one can take the place behind the claim.
            scene.invoices = 0.7 if writes_meanwhile else 0.0
            scene.ask_on(8)
            broken = []
            try:
                be_late(scene, proxy, rounds, writes_meanwhile)
            except RuntimeError as problem:
                # With its guards a book never comes to this.
                if not properties:
                    raise
                broken = [str(problem)]
            row = Row("group late behind a claim", rounds, rounds, scene.judge())
            row.verdict.problems += broken
            naive = oracle.judge(scene.records(), scene.history, fold_naively)
            return row, len(naive.problems)


def be_late(scene, proxy, rounds, writes_meanwhile):
    patience = ACCEPTED_SECONDS if writes_meanwhile else HARMED_SECONDS
    for number in range(rounds):
        scene.wait_accepted(3, patience, "ab"[number % 2])
        old, proxy.rule = scene.leader, Once()
        while not proxy.rule.struck:
            scene.pause(0.01)
        scene.leader = None
        take_over(scene, "ba"[number % 2], writes_meanwhile)
        scene.pause(HELD_SECONDS + 0.5, HELD_SECONDS)
        old.kill()
    scene.wait_accepted(3, patience)


def take_over(scene, name, writes):
    if writes:
        return scene.lead(name)
    node = scene.start(name)
    node.wait_ready()
    scene.pause(HELD_SECONDS, HELD_SECONDS)
    scene.leader = node
    return node


def guarded(options, rounds):
    row, naive_problems = late_group(options, rounds)
    if row.verdict.void == 0:
        row.verdict.problems.append("no group was late: the fault did not happen")
    if naive_problems == 0:
        row.verdict.problems.append("control: a reader without the rule saw no harm either")
    row.note = f"without the rule: {naive_problems} wrong; "
    return row


def without_read_back(options, rounds):
    """Acknowledged as soon as Kafka has confirmed: what came late is lost."""
    row, _ = late_group(options, rounds, ["unsafe.read_back=off"])
    return expect(row, "answered without reading back")


def without_terms(options, rounds):
    """The nodes look at positions alone: what they hold is no longer what the topic says."""
    row, _ = late_group(options, rounds, ["unsafe.rule=positions_alone"], writes_meanwhile=False)
    return expect(row, "read by positions alone")


# ---- A node dies in the middle of a batch.


class FromNow:
    """A rule: so many produce requests pass, and from then on none does."""

    def __init__(self, passing):
        self.passing, self.struck = passing, False

    def __call__(self, direction, api, number):
        if (direction, api) != ("request", PRODUCE):
            return PASS
        self.passing -= 1
        self.struck = self.passing < 0
        return HOLD if self.struck else PASS


def half_batch(options, rounds):
    """A node dies when some records of a batch have arrived, in one round at least; a reader to which
    each record counts as it arrives has half a command in its book."""
    # Every record is a request of its own.
    with kafka.Cluster(kafka.new_folder(), proxied=True) as cluster, Proxy(cluster) as proxy:
        places = {"addresses": proxy.addresses, "properties": ["batch.num.messages=1"]}
        with Scene(options, cluster, "half batch", **places) as scene:
            scene.invoices = 1.0
            scene.ask_on()
            die_within_groups(scene, proxy, rounds)
            row = Row("node killed within a batch", rounds, rounds, scene.judge())
            torn = oracle.judge(scene.records(), scene.history, fold_without_batches).torn
    if torn == 0:
        row.verdict.problems.append("control: a reader without whole batches saw none torn")
    row.note = f"without whole batches: {torn} torn; "
    return row


def die_within_groups(scene, proxy, rounds):
    halves = number = 0
    while number < rounds or not halves:
        scene.wait_accepted(3, name="ab"[number % 2])
        proxy.rule = FromNow(scene.rng.randrange(2, 8))
        while not proxy.rule.struck:
            scene.pause(0.01)
        scene.leader.kill()
        proxy.rule = lambda direction, api, number: PASS
        halves += bool(fold(scene.records()).waiting)
        scene.lead("ba"[number % 2])
        number += 1
    scene.wait_accepted(3)


# ---- The topic forgets.


def without_settings(options, rounds):
    """A topic is written whose settings break the promises: its first events go after a while."""
    settings = {"log.retention.check.interval.ms": 300, "log.initial.task.delay.ms": 300}
    with kafka.Cluster(kafka.new_folder(), settings=settings) as cluster:
        scene = Scene(options, cluster, "forgetting", properties=["unsafe.topic_settings=off"])
        with wire.Client(cluster.addresses) as client:
            client.create_topic(scene.topic, config=FORGETTING)
        with scene:
            scene.ask_on()
            time.sleep(FORGOTTEN_SECONDS)
            row = Row("topic that forgets", rounds, rounds, scene.judge())
    return expect(row, "topic not looked at")


# ---- The only broker that has it dies.


def without_acks(options, rounds):
    """Confirmed by the leader alone: what the other brokers had not got yet is lost with it."""
    verdict = oracle.Verdict()
    with kafka.Cluster(kafka.new_folder(), 3) as cluster:
        for number in range(rounds):
            topic = f"daybook.one-disk-{number}.events"
            with wire.Client(cluster.addresses) as client:
                client.create_topic(topic, 3, {"min.insync.replicas": 2})
                told = lose_the_leader(cluster, client, topic)
            found = oracle.judge(read_patiently(cluster, topic), told)
            verdict.acknowledged += found.acknowledged
            verdict.lost += found.lost
            verdict.problems += found.problems
    return expect(Row("leading broker killed", rounds, rounds, verdict), "confirmed by one broker")


def read_patiently(cluster, topic, seconds=60):
    """Until another broker leads, clients are sent to the one that has died."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with wire.Client(cluster.addresses) as client:
                return list(client.read_all(topic))
        except (OSError, wire.KafkaError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def lose_the_leader(cluster, client, topic):
    """A history of commands that were accepted on the word of one broker."""
    leader = client.leader(topic)
    led = next(node for node in cluster.nodes if node.address() == leader)
    others = [node for node in cluster.nodes if node is not led]
    # For less time than after which they would be no replicas any more.
    for node in others:
        node.signal(signal.SIGSTOP)
    told, chain = [], bytes(32)
    for position in range(ONE_DISK_EVENTS):
        draft = Draft(0, position, chain, command=f"c{position}")
        client.produce(topic, [(None, draft.value, draft.headers)], acks=wire.LEADER)
        told.append({"id": f"c{position}", "outcome": "accepted", "position": position, "events": 1})
        chain = draft.chain
    led.kill()
    for node in others:
        node.signal(signal.SIGCONT)
    led.start()
    cluster.wait_ready()
    return told


def expect(row, name):
    """Turns the verdict round: harm is what a control is there to show."""
    harm = row.verdict.problems
    row.fault = f"control: {name}"
    row.note = f"{len(harm)} wrong, as it must be: {harm[0][:70]}; " if harm else ""
    row.verdict.problems = [] if harm else ["control: the guard was off and no harm was seen"]
    return row
