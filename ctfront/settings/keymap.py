"""Writing the keys of a clinic, or where it has moved to, into its settings file, and nothing else of it."""

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ctfront.settings.refusal import SettingsRefused

_HEADER = re.compile(r"\s*\[")
_KEYS_HEADER = re.compile(r"\s*\[\s*keys\s*\]\s*(#.*)?")
_KEYS_LINE = re.compile(r"\s*keys\s*=.*")


def write_keys(file: Path, keymap: Mapping[str, str]) -> None:
    """Put the keymap into the settings file. Raises `SettingsRefused`; the file is whole as it was then."""
    _write(file, "keys", dict(keymap), lambda text: _with_keys(text, keymap))


def write_database(file: Path, url: str) -> None:
    """Put the server's address into the settings file, for the owner only if it holds a password.

    Raises `SettingsRefused`; the file is whole as it was then.
    """
    _write(file, "database", url, lambda text: f"database = {json.dumps(url)}\n{text}")
    if urlsplit(url).password:
        file.chmod(0o600)


def _write(file: Path, name: str, value: object, change: Callable[[str], str]) -> None:
    """Change one setting, and make sure that no other has changed."""
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        before = tomllib.loads(text)
        new = change(text)
        after = tomllib.loads(new)
    except OSError as error:
        raise SettingsRefused(f"The settings file {file} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise SettingsRefused(f"The settings file {file} cannot be changed from here; change it by hand.") from None
    if {**before, name: value} != {name: {}, **after}:
        raise SettingsRefused(f"The settings file {file} cannot be changed from here; change it by hand.")
    try:
        _replace(file, new)
    except OSError as error:
        raise SettingsRefused(f"The settings file {file} cannot be written: {error.strerror}.") from None


def _with_keys(text: str, keymap: Mapping[str, str]) -> str:
    """Return the text without its own keys, and with these at its end."""
    kept, within_keys, at_top = [], False, True
    for line in text.splitlines():
        if _HEADER.match(line):
            within_keys, at_top = _KEYS_HEADER.fullmatch(line) is not None, False
        if not within_keys and not (at_top and _KEYS_LINE.fullmatch(line)):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    table = ["[keys]", *(f'"{id}" = "{keys}"' for id, keys in sorted(keymap.items()))] if keymap else []
    return "\n".join([*kept, *([""] if kept and table else []), *table, ""])


def _replace(file: Path, text: str) -> None:
    """Write beside the file and put it in its place, with the rights it had."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(beside, mode)
        os.replace(beside, file)
    except OSError:
        os.unlink(beside)
        raise
