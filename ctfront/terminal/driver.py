"""The driver that reads the keyboard: whole keys only, whatever pieces the line delivers."""

import os
import selectors
import time
from codecs import getincrementaldecoder

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from ctfront.terminal.sequences import Escape, Sequences

LONGEST_WAIT = 0.1
"""Seconds after which the input thread looks whether the app is leaving."""

READ_BYTES = 4096


class DeskDriver(LinuxDriver):
    """Textual's driver with an input thread of our own."""

    def run_input_thread(self) -> None:
        """Read the keyboard until the app leaves."""
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._parser = XTermParser(self._debug)
        sequences = Sequences()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                now = time.monotonic()
                left = LONGEST_WAIT if sequences.deadline is None else sequences.deadline - now
                if selector.select(min(LONGEST_WAIT, max(0.0, left))):
                    data = os.read(self.fileno, READ_BYTES)
                    if not data:
                        return  # the line has hung up
                    # The first byte of a letter may come alone: then there is no character yet.
                    tokens = sequences.feed(decode(data), time.monotonic())
                else:
                    tokens = sequences.expire(time.monotonic())
                for token in tokens:
                    self._pass_on(token)

    def _pass_on(self, token: str) -> None:
        """Give one key, character or piece of a paste to the app."""
        if isinstance(token, Escape):
            self.process_message(events.Key("escape", token))
            return
        understood = False
        # Before the terminal is raw its line discipline turns Enter into a line feed.
        for event in self._parser.feed("\r" if token == "\n" else token):
            understood = True
            self.process_message(event)
        if len(token) > 1 and not understood and not token.endswith("[200~"):
            self._parser = XTermParser(self._debug)  # an unknown sequence must not eat what follows it
