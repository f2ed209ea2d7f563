"""The last net: what nobody foresaw goes to the log, and the user gets one sentence."""

import sys
from types import TracebackType


def log_and_say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write the traceback to the log and one sentence to the screen; Python then exits with 1."""
    from datetime import datetime
    from traceback import format_exception

    from ctfront.domain.text import safe
    from ctfront.settings import state_folder

    path = state_folder() / "ctfront.log"
    lines = [f"{datetime.now():%Y-%m-%d %H:%M:%S}", *"".join(format_exception(kind, error, trace)).splitlines()]
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write("".join(f"{safe(line)}\n" for line in lines))
    except OSError:
        sys.stderr.write("Something went wrong in ctfront, and its log could not be written; nothing half was saved.\n")
        return
    where = safe(str(path))
    sys.stderr.write(f"Something went wrong in ctfront; nothing half was saved. What happened is written in {where}.\n")
