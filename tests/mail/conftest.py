"""Mail servers on loopback, and certificates that only the test trusts."""

import ssl
import subprocess

import pytest

from tests.clinics import small_clinic
from tests.mail.office import Office
from tests.mail.peer import Peer


@pytest.fixture
def peer():
    """A server that encrypts nothing and asks for no log-in."""
    with Peer() as started:
        yield started


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Return the files of a certificate for this machine: the certificate itself, its key."""
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@pytest.fixture(scope="session")
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
async def office(database_url, peer, tmp_path):
    """A clinic of the test's own, on each engine, and its mail server."""
    desk = small_clinic(database_url)
    office = Office(desk=desk, peer=peer, key_file=tmp_path / "link.key")
    yield office
    for sender in office.senders:
        await sender.close()
    await desk.database.close()
