"""Files encrypted to a public key in the age format (age-encryption.org/v1), which other programs read, too."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from ctfront.domain.errors import ClinicError, InputRefused
from ctfront.domain.text import brief
from ctfront.services.steps import Progress

HEAD = b"age-encryption.org/v1"

LACKS = "Encryption needs one more package: pip install 'ctfront[encryption]'"


class _Counted:
    """A file that tells how far it has been read."""

    def __init__(self, file: BinaryIO, size: int, progress: Progress) -> None:
        self._file, self._size, self._progress, self._done = file, size, progress, 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        portion = self._file.read(size)
        self._done += len(portion)
        self._progress(self._done, self._size)
        return portion


def is_sealed(file: Path) -> bool:
    """Tell whether the file is encrypted. Raises `ClinicError` when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(HEAD)) == HEAD
    except OSError as error:
        raise ClinicError(f"{file} cannot be read: {error.strerror}.") from None


def make_key(file: Path) -> str:
    """Write a new private key into a file that is not there yet, for its owner only; return the public key.

    Raises `ClinicError`.
    """
    pyrage = _library()
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(f"# public key: {public}\n{key}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise ClinicError(f"{file} cannot be made: {error.strerror}.") from None
    return public


def public_keys(texts: Sequence[str]) -> list[Any]:
    """Return the public keys that the texts are, or that the files they name hold, one a line.

    Raises `InputRefused` for what is no age or SSH public key.
    """
    pyrage = _library()
    lines = [line for text in texts for line in _lines_of(text)]
    keys = []
    for line in lines:
        kind = pyrage.ssh if line.startswith("ssh-") else pyrage.x25519
        try:
            keys.append(kind.Recipient.from_str(line))
        except pyrage.RecipientError:
            raise InputRefused(
                f"“{brief(line)}” is no public key; it wants age1…, ssh-ed25519 …, or a file of such.", field="to"
            ) from None
    return keys


def _lines_of(text: str) -> list[str]:
    if text.startswith(("age1", "ssh-")):
        return [text.strip()]
    try:
        content = Path(text).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        return [text]
    return [line.strip() for line in content.splitlines() if line.strip() and not line.startswith("#")]


def private_keys(file: Path) -> list[Any]:
    """Return the private keys that a file holds: one that age-keygen made, or an SSH key without passphrase.

    Raises `ClinicError`.
    """
    pyrage = _library()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ClinicError(f"{file} cannot be read: {error.strerror}.") from None
    if content.startswith(b"-----BEGIN"):
        with suppress(pyrage.IdentityError):
            return [pyrage.ssh.Identity.from_buffer(content)]
    else:
        lines = content.decode("utf-8", "replace").splitlines()
        with suppress(pyrage.IdentityError):
            secrets = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
            if keys := [pyrage.x25519.Identity.from_str(secret) for secret in secrets]:
                return keys
    raise ClinicError(f"{file} holds no private key that can be used; it wants AGE-SECRET-KEY-1… or an SSH key.")


def seal(source: Path, target: BinaryIO, keys: Sequence[Any], progress: Progress) -> None:
    """Encrypt a file to the public keys. Raises `ClinicError`."""
    pyrage = _library()
    try:
        with source.open("rb") as plain:
            pyrage.encrypt_io(_Counted(plain, source.stat().st_size, progress), target, keys)
    except (OSError, pyrage.EncryptError):  # the library hands on in its own error what the disk said
        raise ClinicError(f"{source.name} could not be encrypted; is the disk full? Nothing was kept.") from None


def unseal(source: Path, target: BinaryIO, keys: Sequence[Any], progress: Progress) -> None:
    """Decrypt a file with one of the private keys. Raises `ClinicError`."""
    pyrage = _library()
    try:
        with source.open("rb") as sealed:
            pyrage.decrypt_io(_Counted(sealed, source.stat().st_size, progress), target, keys)
    except pyrage.DecryptError as error:
        if "key" in str(error).lower():
            raise ClinicError(f"{source} was encrypted to another key; nothing was restored.") from None
        raise ClinicError(f"{source} is damaged or cut short; take another backup.") from None
    except OSError as error:
        if error.strerror:
            raise ClinicError(f"{source} cannot be decrypted: {error.strerror}.") from None
        raise ClinicError(f"{source} is damaged or cut short; take another backup.") from None


def _library() -> Any:
    """Return pyrage, which is loaded only when something is encrypted."""
    try:
        import pyrage
    except ModuleNotFoundError:
        raise ClinicError(LACKS) from None
    return pyrage
