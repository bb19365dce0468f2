"""Makes the reference readers of connectors/kafka/consumers runnable, and runs them.

What flatc, Maven and pip make of these files goes into the build folder, once for each state
of those files.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import cluster as kafka

SOURCES = kafka.ROOT / "connectors" / "kafka" / "consumers"
SCHEMAS = sorted((kafka.ROOT / "schemas").glob("*.fbs"))
SECONDS_MAX = 900


class Readers:
    """Both readers, ready to run; `Unavailable` where something that they need is missing."""

    def __init__(self):
        self.java_jars = kafka.jars(SOURCES / "java" / "pom.xml", "consumer-lib")
        self.folder = kafka.build_folder() / "consumers"
        self.stamp = self.folder / "made"
        self._make()

    def _make(self):
        made_of = [*SCHEMAS, *SOURCES.rglob("*.java"), SOURCES / "python" / "requirements.txt"]
        state = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(made_of))).hexdigest()
        if self.stamp.exists() and self.stamp.read_text() == state:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for language in ("python", "java"):
            run("flatc", f"--{language}", "-o", self.folder / language, *SCHEMAS)
        java = sorted((SOURCES / "java").glob("*.java"))
        generated = ["-sourcepath", self.folder / "java", "-cp", f"{self.java_jars}/*"]
        run("javac", "-d", self.folder / "classes", *generated, *java)
        venv.create(self.folder / "venv", with_pip=True)
        requirements = SOURCES / "python" / "requirements.txt"
        run(self.python, "-m", "pip", "install", "--quiet", "-r", requirements)
        self.stamp.write_text(state)

    @property
    def python(self):
        return self.folder / "venv" / "bin" / "python"

    @property
    def librdkafka(self):
        """The one that the Python reader brought along, newer than Debian's."""
        libraries = sorted((self.folder / "venv").rglob("librdkafka*.so*"))
        if not libraries:
            raise kafka.Unavailable("the Python reader brought no librdkafka along")
        return libraries[0]

    def read(self, language, topic, properties):
        """The reader's answer on a topic, from its JSON."""
        pairs = [f"{name}={value}" for name, value in properties.items()]
        if language == "python":
            program = [self.python, SOURCES / "python" / "trial_balance.py"]
        else:
            paths = f"{self.java_jars}/*:{self.folder / 'classes'}"
            program = ["java", *kafka.JAVA_FLAGS, "-cp", paths, "TrialBalance"]
        environment = os.environ | {"PYTHONPATH": str(self.folder / "python")}
        done = subprocess.run(
            [*program, topic, *pairs],
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
        if done.returncode:
            raise RuntimeError(f"the {language} reader failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout)


def run(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX)
    except FileNotFoundError as missing:
        raise kafka.Unavailable(f"{missing.filename} is not installed") from missing
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
        raise kafka.Unavailable(f"{Path(command[0]).name} failed: {words[-1][:300]}")
