"""The listening desk, for which a terminal that takes nothing counts as gone after half a second."""

import runpy
from pathlib import Path

import ctfront.terminal.driver

if __name__ == "__main__":
    ctfront.terminal.driver.STALLED_SECONDS = 0.5
    runpy.run_path(str(Path(__file__).with_name("listening_desk.py")), run_name="__main__")
