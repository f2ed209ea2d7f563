"""What each part of the encoder saves: a clerk's frames sent with and without it, in bytes; and what encoding costs."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.timing import Figure, Report
from ctfront.data.database import Database
from ctfront.services.identity import who_is
from ctfront.terminal.canvas import Canvas
from ctfront.terminal.encoder import Encoder
from ctfront.terminal.pens import Pens
from ctfront.terminal.terminals import Terminal
from tests.desk import open_desk
from tests.wire.kept_frames import FrameKeeper, Frames
from tests.wire.kinds import KINDS

WALK = "down down right pgdn pgdn pgdn pgup ] ] t b bau esc esc i f2 f4 down down f2 w w w } n esc : esc ? esc"
"""A clerk's way over the screens of the demo."""

XTERM = replace(KINDS["xterm"], colours=256)

SMALL, WHOLE = 0.5, 8.0
"""Milliseconds of CPU for a frame of a few rows, and for a whole screen."""

FEW = 12


class _NeverCleared(Encoder):
    def _cleared(self, canvas):
        return None


class _InOrder(Encoder):
    def _by_pen(self, runs, pen):
        return list(runs)


WITHOUT = (
    ("EL", Encoder, {"erases_line": False}),
    ("REP", Encoder, {"repeats": False}),
    ("REP and ECH", Encoder, {"repeats": False, "erases_characters": False}),
    ("a scrolled band", Encoder, {"scrolls": False}),
    ("clearing first", _NeverCleared, {}),
    ("runs grouped by pen", _InOrder, {}),
)


async def frames_of(path: Path, size: tuple[int, int]) -> list[Frames]:
    """Return what the app draws for each key of the walk."""
    os.environ["CTFRONT_NOW"] = "2026-03-02T08:00"
    database = Database(f"sqlite:///{path}")
    database.ready()
    clinic, actor = who_is(database, os_user="", asked_user="mgarcia")
    app = FrameKeeper(database, clinic, actor, lambda: datetime(2026, 3, 2, 16, tzinfo=UTC))
    frames = []
    async with open_desk(app, size=size) as desk:
        for word in WALK.split():
            await desk.press(word)
            frames.append(app.frames[:])
            app.frames.clear()
    await database.close()
    return frames


def sent(frames: list[Frames], size: tuple[int, int], terminal: Terminal, kind: type[Encoder]) -> list[tuple]:
    """Return bytes, rows touched and CPU milliseconds of every key."""
    pens = Pens(terminal)
    canvas, encoder, costs = Canvas(pens, *size), kind(terminal, pens), []
    cursor = (0, 0)
    for writes in frames:
        for write, place in writes:
            canvas.write(write)
            cursor = place
        rows = sum(row != old for row, old in zip(canvas.rows, encoder.shown or canvas.height * [None], strict=True))
        begun = time.process_time_ns()
        frame = encoder.frame(canvas, cursor)
        costs.append((len(frame.encode()), rows, (time.process_time_ns() - begun) / 1e6))
    return costs


async def measure_parts(report: Report, path: Path) -> None:
    """Report what each part saves, at both sizes, and the CPU of frames."""
    part = "The encoder"
    for size in ((120, 40), (80, 24)):
        name = "{}×{}".format(*size)
        frames = await frames_of(path, size)
        runs = [sent(frames, size, XTERM, Encoder) for _ in range(5)]
        whole = sum(cost for cost, *_ in runs[0])
        drawn = sum(len(write.encode()) for writes in frames for write, _ in writes)
        report.add(
            part, Figure(what=f"{name}, {len(frames)} keys as Textual writes them", measured=drawn, unit="bytes")
        )
        report.add(part, Figure(what=f"{name}, as they are sent", measured=whole, unit="bytes"))
        for words, kind, features in WITHOUT:
            more = sum(cost for cost, *_ in sent(frames, size, replace(XTERM, **features), kind)) - whole
            report.add(part, Figure(what=f"{name}, {words} saves", measured=more, unit="bytes"))
        best = [min(times) for times in zip(*([cpu for *_, cpu in run] for run in runs), strict=True)]
        few = [cpu for (_, rows, _), cpu in zip(runs[0], best, strict=True) if rows <= FEW]
        many = [cpu for (_, rows, _), cpu in zip(runs[0], best, strict=True) if rows > size[1] // 2]
        report.add(
            part,
            Figure(what=f"{name}, slowest frame of {FEW} rows or fewer, CPU", measured=max(few), budget=SMALL),
            Figure(what=f"{name}, slowest whole screen, CPU", measured=max(many), budget=WHOLE),
        )
    report.note(
        part,
        "Frames of a clerk's way over the demo, 256 colours, one frame a key; CPU is the best of five runs. “Saves” is "
        "what the same frames take more without that part.",
    )
