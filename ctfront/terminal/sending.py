"""What an app tells its driver: when a key's frames may go, where the cursor is, and to draw anew."""

from typing import TYPE_CHECKING

from textual.app import App
from textual.geometry import Offset
from textual.widgets import Input

from ctfront.terminal.driver import DeskDriver
from ctfront.terminal.moves import Place
from ctfront.terminal.taken import TakenTerminal

CLEAR_SCROLLBACK = "\x1b[3J"
"""ED of the lines above the screen; a terminal that keeps none does nothing."""

if TYPE_CHECKING:
    _Base = App[None]
else:
    _Base = object


class SendingApp(_Base):
    """Mixin for an app drawn by `DeskDriver`; in tests, without a terminal, it does nothing."""

    taken: "TakenTerminal | None" = None
    """The terminal, when it was taken and painted on before the app was there."""

    _holding = False
    """Whether a key was let in whose frames have not been let out."""

    def follow_driver(self) -> None:
        """Tell the driver where the focus is, for the terminal's hidden cursor, and how the app is left."""
        if isinstance(self._driver, DeskDriver):
            self._driver.cursor_place = self.cursor_place
            self._driver.leave_by = self.leave_by

    def leave_by(self, number: int) -> None:
        """End because of a signal, or as at `SIGHUP` because nobody is at the line any more."""
        self.exit(return_code=128 + number)

    def hold_output(self) -> None:
        """Keep frames back until the key that is let in has had its effect."""
        if isinstance(self._driver, DeskDriver):
            self._driver.hold()
            self._holding = True

    def release_output(self) -> bool:
        """Let the frame of the last key out once it is drawn; tell whether there is one to wait for."""
        holding, self._holding = self._holding, False
        if holding and isinstance(self._driver, DeskDriver):
            self.screen.call_after_refresh(self._driver.release)
        return holding

    def cursor_place(self) -> Place | None:
        """Return row and column of what has the focus, in a line those of the letter; None when nothing has it."""
        focused = self.focused if self.screen_stack else None
        if focused is None:
            return None
        if isinstance(focused, Input):  # Textual means the column behind the last letter's
            at = focused.cursor_screen_offset - Offset(int(focused.cursor_at_end), 0)
            return at.y, at.x
        at = focused.region.offset + getattr(focused, "cursor_at", Offset(0, 0))
        return at.y, at.x

    def wire_words(self, keys: int) -> str:
        """Say what the screens took on the line; to be asked when the app has been left."""
        driver = self._driver
        if not isinstance(driver, DeskDriver):
            return ""
        each = f", {driver.taken.sent / keys:,.0f} bytes a key" if keys else ""
        return f"Sent {driver.taken.sent:,} bytes in {driver.taken.writes:,} writes for {keys:,} keys{each}."

    def clear_scrollback(self) -> None:
        """Take away what the terminal keeps of lines that have left its screen."""
        if isinstance(self._driver, DeskDriver):
            self._driver.write_aside(CLEAR_SCROLLBACK)

    def forget_output(self) -> None:
        """Draw everything anew on the terminal."""
        if isinstance(self._driver, DeskDriver):
            self._driver.forget()
