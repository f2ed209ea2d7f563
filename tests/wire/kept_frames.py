"""What an app without a terminal would have written to one, kept and shown to every kind of terminal."""

from rich.color import ColorSystem
from textual._compositor import CompositorUpdate

from ctfront.app import CTFrontApp
from ctfront.terminal.canvas import Canvas
from ctfront.terminal.encoder import Encoder
from ctfront.terminal.moves import Place
from ctfront.terminal.pens import Pens
from tests.wire.emulator import Emulator
from tests.wire.kinds import KINDS, emulator_of, looks_of

Frames = list[tuple[str, Place]]
"""What Textual writes to its driver, and where the cursor belongs then."""


class FrameKeeper(CTFrontApp):
    """The app, whose frames are kept."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.console._color_system = ColorSystem.EIGHT_BIT  # as on most terminals, whatever this one is
        self.frames: Frames = []

    def _display(self, screen, renderable) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            cursor = self.cursor_place() or (self.cursor_position.y, self.cursor_position.x)
            self.frames.append((renderable.render_segments(self.console), cursor))


def as_stock(frames: Frames, size: tuple[int, int]) -> Emulator:
    """Return the terminal after Textual's own driver, which sends each frame as it is."""
    emulator = Emulator(*size)
    for write, _ in frames:
        emulator.feed(write.replace("\n", "\r\n"))  # as its terminal line does
    return emulator


def check_every_kind(frames: Frames, size: tuple[int, int]) -> None:
    """Assert that frames end on the same cells with our driver as with Textual's own, on every kind of terminal."""
    stock = as_stock(frames, size)
    for kind, terminal in KINDS.items():
        pens = Pens(terminal)
        canvas, encoder, emulator = Canvas(pens, *size), Encoder(terminal, pens), emulator_of(terminal, *size)
        for write, cursor in frames:
            canvas.write(write)
            emulator.feed(encoder.frame(canvas, (min(cursor[0], size[1] - 1), min(cursor[1], size[0] - 1))))
        assert emulator.lines() == stock.lines(), kind
        assert emulator.seen() == looks_of(canvas, {}), kind
        if terminal == KINDS["xterm"]:  # the others have fewer colours
            assert emulator.seen() == stock.seen()
