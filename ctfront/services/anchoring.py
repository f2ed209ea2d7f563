"""The head of the audit chain, kept where who changes the database does not reach: a file, and the system's log."""

import hashlib
import json
import os
import socket
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ctfront.data.chain import Head
from ctfront.domain.errors import ClinicError

SYSLOG = Path("/dev/log")
"""The system log's own socket."""

_AUTHPRIV_NOTICE = 10 << 3 | 5
"""Facility and severity (RFC 3164): what only the administrator reads."""


class Anchors:
    """The links of one database's chains that were seen last, in a folder of the account's own."""

    def __init__(self, folder: Path, database: str) -> None:
        """Prepare; `database` is its address without a password."""
        self._path = folder / f"anchor-{hashlib.sha256(database.encode()).hexdigest()[:16]}.json"
        self._database = database

    def read(self, clinic_id: int) -> Head | None:
        """Return the link seen last, None when there is none. Raises `ClinicError` when the file tells nothing."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8")).get(str(clinic_id))
            return None if found is None else Head(seq=int(found["seq"]), hash=str(found["hash"]))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ClinicError(f"The audit trail’s anchor {self._path} cannot be read: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ClinicError(
                f"{self._path} is no anchor of the audit trail; compare the system’s log, then take it away."
            ) from None

    def write(self, clinic_id: int, head: Head, at: datetime) -> None:
        """Keep a link, for the owner only. Raises `ClinicError`."""
        kept = {"database": self._database}
        with suppress(OSError, ValueError):
            kept |= json.loads(self._path.read_text(encoding="utf-8"))
        kept |= {str(clinic_id): {"seq": head.seq, "hash": head.hash, "at": at.isoformat(timespec="seconds")}}  # type: ignore[dict-item]
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
                json.dump(kept, out, indent=1)
                out.flush()
                os.fsync(out.fileno())
            os.replace(beside, self._path)
        except OSError as error:
            raise ClinicError(
                f"The anchor of the audit trail cannot be kept in {self._path}: {error.strerror}."
            ) from None


def tell_system_log(sentence: str, socket_path: Path = SYSLOG) -> bool:
    """Write a line into the system's log; tell whether there is one."""
    line = f"<{_AUTHPRIV_NOTICE}>ctfront[{os.getpid()}]: {sentence}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        try:
            log.sendto(line.encode("utf-8", "replace"), str(socket_path))
        except OSError:  # a machine without one; the file is there still
            return False
    return True


def words_of(clinic_id: int, head: Head) -> str:
    """Return the line by which a link is found again."""
    return f"audit trail of clinic {clinic_id}: entry {head.seq} sha256 {head.hash}"
