"""The listening program drawn by Textual's own driver, to compare with."""

import sys
from pathlib import Path

from textual.drivers.linux_driver import LinuxDriver

import ctfront.app

ctfront.app.DeskDriver = LinuxDriver
exec(compile((listening := Path(__file__).with_name("listening_desk.py")).read_text(), listening, "exec"))
sys.exit()
