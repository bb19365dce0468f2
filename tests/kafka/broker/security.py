"""Certificates and users for a cluster that speaks TLS and SCRAM, made anew for each cluster."""

import subprocess
from pathlib import Path

USER, PASSWORD = "bookkeeper", "correct horse"
MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")


class Security:
    """An authority, a server's certificate by it, and one authority that nobody here trusts."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority = self._authority("authority")
        self.stranger = self._authority("stranger")
        self.server = self._server()

    def _openssl(self, *arguments):
        command = ["openssl", *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=60)

    def _authority(self, name):
        self._openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2"),
            *("-subj", f"/CN=daybook tests {name}"),
        )
        return self.folder / f"{name}.pem"

    def _server(self):
        """Key and certificate in one file, as Kafka reads them."""
        self._openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost"),
        )
        (self.folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self._openssl(
            *("x509", "-req", "-in", "server.csr", "-out", "server.crt", "-days", "2"),
            *("-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"),
            *("-extfile", "names"),
        )
        both = (self.folder / "server.key").read_text() + (self.folder / "server.crt").read_text()
        (self.folder / "server.pem").write_text(both)
        return self.folder / "server.pem"

    def settings(self):
        """Only who is known may do anything; the tests' own plain listener may do all."""
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        settings = {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self.server,
            "sasl.enabled.mechanisms": ",".join((*MECHANISMS, "PLAIN")),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        plain = f'{module} required user_{USER}="{PASSWORD}";'
        settings["listener.name.sasl_ssl.plain.sasl.jaas.config"] = plain
        for mechanism in MECHANISMS:
            listener = f"listener.name.sasl_ssl.{mechanism.lower()}"
            settings[f"{listener}.sasl.jaas.config"] = login
        return settings

    def format_arguments(self):
        """The users are in the cluster's metadata from its first moment."""
        return [
            part
            for mechanism in MECHANISMS
            for part in ("--add-scram", f"{mechanism}=[name={USER},password={PASSWORD}]")
        ]

    def environment(self, cluster):
        return {
            "DAYBOOK_KAFKA_SASL": cluster.addresses_of("SASL_SSL"),
            "DAYBOOK_KAFKA_TLS": cluster.addresses_of("SSL"),
            "DAYBOOK_KAFKA_CA": str(self.authority),
            "DAYBOOK_KAFKA_STRANGER": str(self.stranger),
            "DAYBOOK_KAFKA_USER": USER,
            "DAYBOOK_KAFKA_PASSWORD": PASSWORD,
        }
