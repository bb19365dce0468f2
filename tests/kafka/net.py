"""A network of one's own: hosts are network namespaces on a bridge, and cables can be pulled.

The process that uses it must stand in a network namespace of its own already (see `isolate`), so
that nothing of it is seen outside, and all of it goes when the process goes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

MARK = "DAYBOOK_ISOLATED"
BRIDGE, PREFIX = "bridge", "10.77.0."
OURS = f"{PREFIX}254"  # This process's own address.


def isolate():
    """Starts the program anew in its own network and mount namespaces; the reason if it cannot."""
    if os.environ.get(MARK):
        _ip("link", "set", "lo", "up")
        return None
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "unshare (util-linux) or ip (iproute2) is not installed"
    allowed = subprocess.run(
        ["unshare", "--net", "--mount", "ip", "netns", "list"], capture_output=True, text=True
    )
    if allowed.returncode:
        return f"namespaces are not permitted: {allowed.stderr.strip()}"
    os.environ[MARK] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable, *sys.argv])
    raise AssertionError("not reached")


def _ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


class Host:
    def __init__(self, name, number):
        self.space = f"daybook-{os.getpid()}-{name}"
        self.cable = f"cable{number}"  # Its end at the bridge.
        self.address = f"{PREFIX}{number}"

    @property
    def prefix(self):
        """What runs a program on this host."""
        return ["ip", "netns", "exec", self.space]

    def inside(self, *arguments):
        _ip("-n", self.space, *arguments)


class Network:
    """`with Network(["a", "b"]) as network:` this process is the host .254 on the same bridge."""

    def __init__(self, names):
        self.hosts = {name: Host(name, number) for number, name in enumerate(names, 1)}
        self.blackholes = []  # (host, address)

    def __enter__(self):
        sweep()
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{OURS}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for host in self.hosts.values():
            _ip("netns", "add", host.space)
            _ip("link", "add", host.cable, "type", "veth", "peer", "eth0", "netns", host.space)
            _ip("link", "set", host.cable, "master", BRIDGE, "up")
            host.inside("addr", "add", f"{host.address}/24", "dev", "eth0")
            host.inside("link", "set", "eth0", "up")
            host.inside("link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        for host in self.hosts.values():
            # With the namespace alone it would go some time later.
            subprocess.run(["ip", "link", "del", host.cable], capture_output=True)
            subprocess.run(["ip", "netns", "del", host.space], capture_output=True)
        subprocess.run(["ip", "link", "del", BRIDGE], capture_output=True)

    def pull(self, name):
        """Cuts the host off from everybody."""
        _ip("link", "set", self.hosts[name].cable, "down")

    def plug(self, name):
        _ip("link", "set", self.hosts[name].cable, "up")

    def part(self, one, other):
        """What the one sends to the other, and back, vanishes; both reach everybody else."""
        self._lose(one, self.hosts[other].address)
        self._lose(other, self.hosts[one].address)

    def hide(self, name):
        """What the host sends to this process vanishes; both reach everybody else."""
        self._lose(name, OURS)

    def _lose(self, name, address):
        self.hosts[name].inside("route", "add", "blackhole", address)
        self.blackholes.append((name, address))

    def join_all(self):
        for name, address in self.blackholes:
            self.hosts[name].inside("route", "del", "blackhole", address)
        self.blackholes.clear()


def sweep():
    """Removes the namespaces that a killed process of ours left."""
    folder = Path("/run/netns")
    for left in folder.glob("daybook-*-*") if folder.exists() else []:
        if not Path(f"/proc/{left.name.split('-')[1]}").exists():
            subprocess.run(["ip", "netns", "del", left.name], capture_output=True)
