"""The last net: what nobody foresaw goes to the log, and the user gets one sentence."""

import sys
from types import TracebackType


def log_and_say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write the traceback to the log and one sentence to the screen; Python then exits with 1."""
    import logging
    from traceback import format_exception

    from ctfront.settings import state_folder

    path = state_folder() / "ctfront.log"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        sys.stderr.write("Something went wrong in ctfront, and its log could not be written; nothing half was saved.\n")
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    handler.emit(logging.makeLogRecord({"msg": "".join(format_exception(kind, error, trace))}))
    handler.close()
    sys.stderr.write(f"Something went wrong in ctfront; nothing half was saved. What happened is written in {path}.\n")
