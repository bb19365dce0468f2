"""A real Kafka cluster of one or three nodes on free loopback ports, in a folder of its own.

Every node is broker and controller. Nothing outlives the process that made it: each Java process is
killed by the kernel when its parent ends, and a cluster's folder is removed when it is closed.
"""

import ctypes
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import security
import wire

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
READY_SECONDS_MAX = 180
START_TRIES_MAX = 3
PROBE_TOPIC = "harness.ready"
JAVA_FLAGS = (
    "-Xms128m -Xmx512m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto".split()
)
LOG4J = """\
status=warn
appender.file.type=File
appender.file.name=file
appender.file.fileName=${sys:daybook.log}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{HH:mm:ss.SSS} %p %c{1}: %m%n
rootLogger.level=info
rootLogger.appenderRef.file.ref=file
"""


class Unavailable(Exception):
    """This machine cannot run a broker, and why: a test that needs one is skipped."""


def build_folder():
    return Path(os.environ.get("DAYBOOK_KAFKA_BUILD", ROOT / "build" / "kafka"))


def jars(pom=HERE / "pom.xml", name="lib"):
    """The folder with the jars that a pom.xml names; Maven fetches them the first time."""
    folder = build_folder() / name
    for program, package in (("java", "openjdk-17-jdk-headless"), ("mvn", "maven")):
        if not shutil.which(program):
            raise Unavailable(f"{program} is not installed (Debian package {package})")
    folder.mkdir(parents=True, exist_ok=True)
    with open(build_folder() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "pom.copied"
        if not stamp.exists() or stamp.read_bytes() != pom.read_bytes():
            _fetch(pom, folder)
            stamp.write_bytes(pom.read_bytes())
    return folder


def _fetch(pom, folder):
    shutil.rmtree(folder)
    folder.mkdir()
    command = ["mvn", "-B", "-q", "-f", pom, "dependency:copy-dependencies"]
    command.append(f"-DoutputDirectory={folder}")
    for offline in (["-o"], []):
        done = subprocess.run(command + offline, capture_output=True, text=True, timeout=1200)
        if done.returncode == 0:
            return
    reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), "it says nothing")
    raise Unavailable(f"Maven could not fetch what {pom.name} names: {reason[:200]}")


def skip(reason):
    """What a test does that cannot run here; CTest reads the number as skipped."""
    print(f"skipped: no Kafka broker here: {reason}", flush=True)
    return 77


def new_folder():
    """A folder named for this process; those of processes that were killed are swept away."""
    base = build_folder() / "run"
    base.mkdir(parents=True, exist_ok=True)
    for left in base.glob("*-*"):
        if not is_running(int(left.name.split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=base)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def free_ports(count):
    """Ports that were free a moment ago, below those that the system gives to outgoing connections:
    a client that knocks at a broker which is away would else take its port, by meeting itself."""
    span = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    below = range(10000, max(int(span[0]), 20000))
    ports = []
    while len(ports) < count:
        port = random.SystemRandom().choice(below)
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports += [port] * (port not in ports)
    return ports


def end_with_parent():
    """Runs in a child before its program: the kernel kills it when the parent thread has gone."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Node:
    """One broker process; it may be killed and started again on the same folder and ports."""

    def __init__(self, cluster, number, ports):
        """Ports by listener; PROXIED is told to clients as ADVERTISED, where a proxy may stand."""
        self.cluster, self.number, self.ports = cluster, number, ports
        self.host, self.prefix = cluster.hosts[number - 1]
        self.folder = cluster.folder / f"node{number}"
        self.process = None

    def address(self, listener="PLAINTEXT"):
        return f"{self.host}:{self.ports[listener]}"

    @property
    def log(self):
        return self.folder / "broker.log"

    @property
    def settings(self):
        return self.folder / "server.properties"

    def properties(self):
        cluster = self.cluster
        count = len(cluster.nodes)
        names = [name for name in self.ports if name != "ADVERTISED"]
        clients = {name: name for name in names if name != "CONTROLLER"}
        if "ADVERTISED" in self.ports:
            clients["PROXIED"] = "ADVERTISED"
        settings = {
            "process.roles": "broker,controller",
            "node.id": self.number,
            "listeners": ",".join(f"{name}://{self.address(name)}" for name in names),
            "advertised.listeners": ",".join(
                f"{name}://{self.address(port)}" for name, port in clients.items()
            ),
            "listener.security.protocol.map": ",".join(
                f"{name}:{name if name.endswith('SSL') else 'PLAINTEXT'}" for name in names
            ),
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": ",".join(
                f"{node.number}@{node.address('CONTROLLER')}" for node in cluster.nodes
            ),
            "log.dirs": self.folder / "data",
            "default.replication.factor": count,
            "min.insync.replicas": min(2, count),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            "num.network.threads": 2,
            "num.io.threads": 2,
            "log.cleaner.dedupe.buffer.size": 4 << 20,
            # One of three that is dead is noticed in 4 s instead of 9, one that lags in 5, not 30.
            # A killed broker may register again only when its old session is over.
            "broker.session.timeout.ms": 4000 if count > 1 else 6000,
            "initial.broker.registration.timeout.ms": 180000,
            "broker.heartbeat.interval.ms": 500,
            "replica.lag.time.max.ms": 5000,
        }
        for topic in ("offsets", "transaction.state.log", "share.coordinator.state"):
            stem = topic + (".topic" if topic != "transaction.state.log" else "")
            settings[f"{stem}.replication.factor"] = count
            settings[f"{stem}.num.partitions"] = 4
        settings["transaction.state.log.min.isr"] = min(2, count)
        settings["share.coordinator.state.topic.min.isr"] = min(2, count)
        settings |= (cluster.security.settings() if cluster.security else {}) | cluster.settings
        return "".join(f"{name}={value}\n" for name, value in settings.items())

    def java(self, *arguments):
        lib = self.cluster.lib
        return [
            "java",
            *JAVA_FLAGS,
            f"-Dlog4j2.configurationFile=file:{self.cluster.folder}/log4j2.properties",
            f"-Ddaybook.log={self.log}",
            "-cp",
            f"{lib}/*",
            *arguments,
        ]

    def format(self):
        """Lays the folders out; the broker may be started when this process has ended well."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(self.properties())
        security = self.cluster.security
        arguments = [
            "-t",
            self.cluster.id,
            "-c",
            self.settings,
            *(security.format_arguments() if security else []),
        ]
        self.process = self._run(self.java("kafka.tools.StorageTool", "format", *arguments))

    def start(self):
        self.process = self._run(self.java("kafka.Kafka", self.settings))

    def _run(self, command):
        with open(self.folder / "broker.out", "ab") as out:
            return subprocess.Popen(
                [*self.prefix, *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                preexec_fn=end_with_parent,
            )

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.alive():
            self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


class Cluster:
    """`with Cluster(folder, nodes=3) as cluster:` gives brokers that have carried a record."""

    def __init__(self, folder, nodes=1, *, tls=False, proxied=False, settings=None, hosts=None):
        """`hosts` are addresses and the command that runs a program there; else all is here."""
        self.folder = Path(folder).resolve()
        self.count = nodes
        self.hosts = hosts or [("127.0.0.1", [])] * nodes
        self.listeners = ["PLAINTEXT", "CONTROLLER"]
        self.listeners += ["SSL", "SASL_SSL"] * tls + ["PROXIED", "ADVERTISED"] * proxied
        self.settings = settings or {}
        self.security = None
        self.id = uuid.uuid4().hex[:22]
        self.nodes = []
        self.lib = None

    @property
    def addresses(self):
        return self.addresses_of("PLAINTEXT")

    def addresses_of(self, listener):
        return ",".join(node.address(listener) for node in self.nodes)

    def __enter__(self):
        self.lib = jars()
        for attempt in range(1, START_TRIES_MAX + 1):
            try:
                self._start()
                return self
            except BaseException as problem:
                # A port may have been taken between choosing it and listening on it.
                self.close()
                if attempt == START_TRIES_MAX or not isinstance(problem, Exception):
                    raise
        raise AssertionError("not reached")

    def __exit__(self, *_):
        self.close()

    def _start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(LOG4J)
        if "SSL" in self.listeners:
            self.security = security.Security(self.folder / "security")
        self.nodes = []
        for number in range(1, self.count + 1):
            ports = dict(zip(self.listeners, free_ports(len(self.listeners))))
            self.nodes.append(Node(self, number, ports))
        for node in self.nodes:
            node.format()
        for node in self.nodes:
            if node.process.wait(timeout=120):
                raise RuntimeError(f"formatting failed: {self.last_lines(node)}")
            node.start()
        self.wait_ready()

    def wait_ready(self, seconds=READY_SECONDS_MAX):
        """Returns when a record was appended by every replica and read back."""
        deadline = time.monotonic() + seconds
        problem = "nothing was tried"
        while time.monotonic() < deadline:
            dead = [node for node in self.nodes if node.process is not None and not node.alive()]
            if len(dead) == self.count:
                raise RuntimeError(f"the broker ended by itself: {self.last_lines(dead[0])}")
            try:
                return self._probe()
            except (OSError, wire.KafkaError) as error:
                problem = error
                time.sleep(0.1)
        raise RuntimeError(f"no record could be carried within {seconds} s: {problem}")

    def _probe(self):
        mark = uuid.uuid4().bytes
        with wire.Client(self.addresses) as client:
            client.create_topic(PROBE_TOPIC, self.count)
            client.find_coordinator(PROBE_TOPIC)
            offset = client.produce(PROBE_TOPIC, [(None, mark, [])])
            records = client.fetch(PROBE_TOPIC, offset, wait_ms=1000)
            if not records or records[0].value != mark:
                raise ConnectionError("the record was not read back")
            if len(client.metadata(PROBE_TOPIC)[3]) < sum(node.alive() for node in self.nodes):
                raise ConnectionError("not every replica is in sync")

    def last_lines(self, node, count=5):
        text = "".join(
            path.read_text(errors="replace")
            for path in (node.log, node.folder / "broker.out")
            if path.exists()
        )
        lines = text.splitlines()
        wrong = [line for line in lines if " ERROR " in line or " FATAL " in line]
        return " | ".join((wrong or lines)[-count:])

    def close(self):
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
