"""Negative controls: with a guard switched off, the same fault must do harm that the judge sees.

The fault: a group is under way when another node takes the book over, and arrives behind the claim.
"""

import cluster as kafka
import oracle
from proxy import PASS, PRODUCE, Proxy
from report import Row
from scene import Scene
from topic import fold_naively

HELD_SECONDS = 2.0


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
    for number in range(rounds):
        scene.wait_accepted(3, 15, "ab"[number % 2])
        old, proxy.rule = scene.leader, Once()
        while not proxy.rule.struck:
            scene.pause(0.01)
        scene.leader = None
        take_over(scene, "ba"[number % 2], writes_meanwhile)
        scene.pause(HELD_SECONDS + 0.5, HELD_SECONDS)
        old.kill()
    scene.wait_accepted(3, 15)


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


def expect(row, name):
    """Turns the verdict round: harm is what a control is there to show."""
    harm = row.verdict.problems
    row.fault = f"control: {name}"
    row.note = f"{len(harm)} wrong, as it must be: {harm[0][:70]}; " if harm else ""
    row.verdict.problems = [] if harm else ["control: the guard was off and no harm was seen"]
    return row
