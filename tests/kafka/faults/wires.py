"""What the network does to produce requests and answers: it holds, drops, repeats, cuts."""

import random

import cluster as kafka
from proxy import CUT, DROP, HOLD, PASS, PRODUCE, REPEAT, Proxy, without_producer
from report import Row
from scene import Scene


def proxied(options, rounds):
    """In each round one kind of mischief strikes at random, then all that was held arrives late."""
    mischief = {
        "held and late": ("request", HOLD),
        "request dropped": ("request", DROP),
        "request repeated": ("request", REPEAT),
        "request delayed": ("request", 0.3),
        "answer dropped": ("answer", DROP),
        "answer delayed": ("answer", 0.3),
        "request cut": ("request", CUT),
        "answer cut": ("answer", CUT),
    }
    kinds = list(mischief.values())
    with kafka.Cluster(kafka.new_folder(), proxied=True) as cluster, Proxy(cluster) as proxy:
        with Scene(options, cluster, "proxy", addresses=proxy.addresses) as scene:
            scene.ask_on()
            for number in range(rounds):
                scene.wait_accepted(3)
                proxy.rule = at_random(*kinds[number % len(kinds)], f"{options.seed} {number}")
                scene.pause(1.5, 0.5)
                # A node that waits for an answer which never comes is succeeded by another one.
                old = scene.leader
                scene.lead("ba"[number % 2])
                proxy.rule = lambda direction, api, number: PASS
                proxy.release(without_producer)
                old.kill()
            scene.wait_accepted()
            faults = sum(count for name, count in proxy.counts.items() if name != PASS)
            return Row("produce requests mistreated", rounds, faults, scene.judge())


def at_random(direction, action, seed):
    rng = random.Random(seed)

    def rule(way, api, _):
        strikes = api == PRODUCE and way == direction and rng.random() < 0.3
        return action if strikes else PASS

    return rule
