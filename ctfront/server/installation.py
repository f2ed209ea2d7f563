"""What of the program is installed: a server that has loaded something else serves nobody any more."""

import os
import sysconfig
from pathlib import Path

import ctfront

State = tuple[tuple[str, int, int], ...]

_PARTS = (".py", ".tcss")


def installed() -> State:
    """Return every file of the program with its time and size, and when anything was last installed beside it."""
    found = []
    for folder, _, names in os.walk(Path(ctfront.__file__).parent):
        found += [_seen(os.path.join(folder, name)) for name in names if name.endswith(_PARTS)]
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return tuple(sorted([*found, *map(_seen, libraries)]))


def _seen(path: str) -> tuple[str, int, int]:
    try:
        state = os.stat(path)
    except OSError:  # goes away while the program is being installed
        return path, 0, 0
    return path, state.st_mtime_ns, state.st_size
