"""Debian's Postfix on a loopback port, with mailboxes that a test reads."""

import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
virtual_mailbox_domains = home.example, clinic.example
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ {{ ana@home.example = ana/ }}, {{ desk@clinic.example = desk/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
default_transport = smtp:[127.0.0.1]:{beyond}
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = encrypt
smtputf8_enable = no
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

PATIENCE = 20.0


class Postfix:
    """A running Postfix of the test's own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def mails(self, box: str) -> list[EmailMessage]:
        """Return what lies in a mailbox."""
        place = self.folder / "boxes" / box
        if not place.exists():
            return []
        box_of_files = mailbox.Maildir(place, create=False)
        return [BytesParser(policy=default).parsebytes(box_of_files.get_bytes(key)) for key in box_of_files.iterkeys()]

    def wait_for_mail(self, box: str) -> EmailMessage:
        """Return the one mail of a mailbox as soon as it lies there."""
        until = time.monotonic() + PATIENCE
        while not (found := self.mails(box)):
            assert time.monotonic() < until, (self.folder / "mail.log").read_text()
            time.sleep(0.05)
        (mail,) = found
        return mail


@contextmanager
def running_postfix(certificate: Path, key: Path, beyond: int):
    """Start Postfix, and stop it in the end; mail for other domains goes on to a server at port `beyond`."""
    folder = Path(tempfile.mkdtemp(prefix="postfix", dir="/tmp"))
    try:
        folder.chmod(0o755)
        owner = pwd.getpwnam("postfix")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        for name in ("etc", "queue", "data", "boxes"):
            (folder / name).mkdir(mode=0o755)
        for source, name in ((certificate, "certificate.pem"), (key, "key.pem")):
            shutil.copyfile(source, folder / "etc" / name)
        for name in ("data", "boxes"):
            os.chown(folder / name, owner.pw_uid, owner.pw_gid)
        main = MAIN.format(
            folder=folder,
            beyond=beyond,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            certificate=folder / "etc" / "certificate.pem",
            key=folder / "etc" / "key.pem",
        )
        (folder / "etc" / "main.cf").write_text(main)
        (folder / "etc" / "master.cf").write_text(MASTER.format(port=port))
        control = ["postfix", "-c", str(folder / "etc")]
        started = subprocess.run([*control, "start"], capture_output=True, text=True, check=False)
        assert started.returncode == 0, started.stderr + (folder / "mail.log").read_text()
        try:
            yield Postfix(folder, port)
        finally:
            subprocess.run([*control, "stop"], capture_output=True, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
