"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from ctfront.domain.errors import ClinicError


def write_whole(path: Path, text: str) -> None:
    """Write the file beside its place and put it there when it is whole. Raises `ClinicError`.

    What is no file, as a pipe or a device, is written through and never replaced.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="")
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        try:
            with open(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        raise ClinicError(f"{path} cannot be written: {error.strerror}.") from None
