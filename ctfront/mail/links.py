"""The links in mails: derived from a key outside the database, so that neither it nor a backup opens one.

A retry renders the same link, since it depends on the key, the invitation and its nonce only.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ctfront.domain.errors import ClinicError

KEY_BYTES = 32


class KeyRefused(ClinicError):
    """The key file is missing, another one, or not to be trusted; the message says what to do."""


@dataclass(frozen=True)
class LinkKey:
    """The key that every link of the clinic comes from."""

    value: bytes = field(repr=False)

    @property
    def check(self) -> str:
        """What tells this key from another one and gives nothing of it away."""
        return self._derive("key check").hex()

    def secret(self, invitation_id: int, nonce: str) -> str:
        """Return the secret of an invitation's link."""
        return _text(self._derive("invitation", str(invitation_id), nonce))

    def opt_out(self, invitation_id: int, nonce: str) -> str:
        """Return what the opt-out link of the same mail carries; it does not open the invitation."""
        return f"{invitation_id}.{_text(self._derive('opt-out', str(invitation_id), nonce))}"

    def opt_out_of_mail(self, mail_id: int, message_id: str) -> str:
        """Return what the opt-out link of any other mail about a patient carries."""
        return f"m{mail_id}.{_text(self._derive('opt-out of mail', str(mail_id), message_id))}"

    def link_secret(self, link_id: int, nonce: str) -> str:
        """Return the secret of a link that proves an address."""
        return _text(self._derive("link", str(link_id), nonce))

    def form_token(self, visit: str) -> str:
        """Return what a form of the site carries: only who holds the visit's cookie gets a form with it."""
        return _text(self._derive("form", visit))

    def _derive(self, *parts: str) -> bytes:
        return hmac.digest(self.value, "\0".join(parts).encode(), "sha256")


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def digest_of(secret: str) -> str:
    """Return what the database keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invitation_link(site: str, secret: str) -> str:
    """Return the link that opens an invitation."""
    return f"{site.rstrip('/')}/invitation/{secret}"


def proof_link(site: str, kind: str, secret: str) -> str:
    """Return the link that proves an address: to choose a password (`reset`), or to register."""
    return f"{site.rstrip('/')}/{kind}/{secret}"


def opt_out_link(site: str, token: str) -> str:
    """Return the link that ends the consent to emails."""
    return f"{site.rstrip('/')}/opt-out/{token}"


def read_key(path: Path) -> LinkKey | None:
    """Return the key, None when there is no file.

    Raises `KeyRefused` when it cannot be read, is no key, or may be read by others.
    """
    try:
        with path.open("rb") as file:
            others = os.fstat(file.fileno()).st_mode & 0o077
            text = file.read(1024)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyRefused(f"Mail waits: the key file {path} cannot be read: {error.strerror}.") from None
    if others:
        raise KeyRefused(f"Mail waits: the key file {path} may be read by others; chmod 600 puts that right.")
    try:
        value = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        value = b""
    if len(value) != KEY_BYTES:
        raise KeyRefused(f"Mail waits: {path} does not hold a key; put it back from its backup.")
    return LinkKey(value)


def make_key(path: Path) -> LinkKey:
    """Make the file with a new key, or return the one that another sender has made meanwhile.

    Raises `KeyRefused` when the file cannot be made.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{secrets.token_hex(KEY_BYTES)}\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)  # whole or not at all, and never over another one
        finally:
            draft.unlink()
    except OSError as error:
        raise KeyRefused(f"Mail waits: the key file {path} cannot be made: {error.strerror}.") from None
    key = read_key(path)
    if key is None:
        raise KeyRefused(f"Mail waits: the key file {path} has gone.")
    return key


def key_for(path: Path, known: str | None) -> LinkKey:
    """Return the clinic's key; made when it has none yet. `known` is the check of the one that made its links.

    Raises `KeyRefused` when the file is missing or another one.
    """
    key = read_key(path)
    if key is None and known is None:
        key = make_key(path)
    if key is None:
        raise KeyRefused(f"Mail waits: the key file {path} is missing; put it back from its backup.")
    if known is not None and not hmac.compare_digest(key.check, known):
        raise KeyRefused(
            f"Mail waits: the key file {path} is not the one that made this clinic’s links; put that one back."
        )
    return key
