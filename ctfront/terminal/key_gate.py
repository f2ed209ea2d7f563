"""Typed ahead is typed right: the next key goes in when the effect of the last one has settled.

Settled means: the loop has nothing ready to run; no worker is under way whose outcome the key may depend on
(background groups and a worker that waits for the clerk's answer excepted); nobody on the focus path is
still inside a handler; and, after a change of screen or a worker, a frame has been laid out.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar, Protocol, TypeVar
from weakref import WeakSet

from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.worker import NoActiveWorker, Worker, get_current_worker

from ctfront.terminal.key_loop import KeyLoop
from ctfront.terminal.sending import SendingApp

Answer = TypeVar("Answer")

PATIENCE = 1.5
"""Seconds for which a key is held before the clerk is told and Escape breaks the wait."""

RETRY = 0.1
"""Seconds after which a probe that did not come back is asked again of the widgets that exist now."""

MOST_HELD = 1024
"""Keys that are kept; the next one rings and is dropped."""

FIND_GROUP = "find"
"""Searches: typing goes on while one runs, keys that use its result wait for it."""

_BREAKING = frozenset({"escape", "ctrl+q"})
"""Keys that break a wait off, and that go in while a small window holds the others."""
_FRAME_KEYS = frozenset({"pageup", "pagedown"})


def _breaks(event: Message) -> bool:
    return isinstance(event, events.Key) and event.key in _BREAKING


class KeyGate:
    """The queue of keys between the terminal and the app."""

    def __init__(self, app: "GatedApp", deliver: Callable[[Message], object]) -> None:
        self.app = app
        self.deliver = deliver
        self.held: deque[Message] = deque()
        self.asking: set[Worker[object]] = set()
        """Workers that wait for the clerk's answer."""
        self.let_go: WeakSet[Worker[object]] = WeakSet()
        """Workers whose wait the clerk broke off."""
        self.open = False
        self.taken = 0
        """Keys that ever arrived."""
        self.told = False
        self._proved = False
        self._round = 0
        self._out = 0
        self._asked_at = 0.0
        self._since = 0.0
        self._screen: Screen[object] | None = None
        self._need_frame = True
        self._need_layout = True
        self._clock: asyncio.TimerHandle | None = None
        self._waiters: list[asyncio.Future[None]] = []
        loop = asyncio.get_running_loop()
        if not isinstance(loop, KeyLoop):
            raise TypeError("the app runs in a KeyLoop: App.run(loop=KeyLoop())")
        self.loop = loop
        loop.idle.on_idle = self.on_idle

    def take(self, event: Message) -> None:
        """Queue a key or a paste."""
        self.taken += 1
        if self._stops(event):
            return
        if _breaks(event) and (self.told or (self.app.keys_are_held and self.held)):
            self._break_off(event)
        elif len(self.held) >= MOST_HELD:
            self.app.bell()
        else:
            self.held.append(event)
            if self.told:
                self.app.wait_long(len(self.held))

    def _stops(self, event: Message) -> bool:
        """Let Esc stop an act whose progress is shown, unless keys typed before it wait."""
        act = self.app.stopping
        if (
            act is None
            or not act.is_shown
            or self.held
            or not (isinstance(event, events.Key) and event.key == "escape")
        ):
            return False
        act.stop()
        return True

    def _break_off(self, event: Message) -> None:
        """Drop the keys held; no later key waits for what the clerk was told of, but nothing is cancelled."""
        dropped = len(self.held)
        self.held.clear()
        if self.told:
            self.let_go.update(self.pending())
        self._out, self._proved = 0, False
        self._round += 1
        self._quiet()
        self.app.wait_broken(dropped)
        if isinstance(event, events.Key) and event.key != "escape":
            self.held.append(event)

    def pending(self) -> list[Worker[object]]:
        """Return the workers whose outcome the next key may depend on."""
        return [
            worker
            for worker in self.app.workers
            if not worker.is_finished
            and worker.group not in self.app.BACKGROUND
            and worker not in self.asking
            and worker not in self.let_go
        ]

    @contextmanager
    def waiting_for_clerk(self) -> Iterator[Worker[object]]:
        """Let keys in although the worker that runs this has not ended: it waits for what they bring about."""
        worker = get_current_worker()
        self.asking.add(worker)
        try:
            yield worker
        finally:
            self.asking.discard(worker)

    def on_idle(self) -> bool:
        """Take the next step when nothing is left to run; tell whether something was scheduled."""
        if not self.open:
            return False
        if not self.app.is_running or not self.app.screen_stack:
            return self._answer_waiters()
        workers = self.pending()
        if workers:
            self._need_frame = True
            if not (self._types_ahead() and all(worker.group == FIND_GROUP for worker in workers)):
                self._proved = False
                return self._wait()
        elif self.app.unmask():
            self._begin_frame()
            return True
        elif self.app.screen is not self._screen:
            self._screen = self.app.screen
            self._begin_frame()
        if self._out:
            return self._wait()
        if not self._proved:
            self._probe(frame=self._need_frame and not workers)
            return True
        return self._let_in()

    def _begin_frame(self) -> None:
        """Forget the probes that are out: another screen has come, or can be drawn only now."""
        self._proved, self._need_frame, self._out = False, True, 0

    def _let_in(self) -> bool:
        if self.held and (not self.app.keys_are_held or _breaks(self.held[0])):
            event = self.held[0]
            if isinstance(event, events.Key) and event.key in _FRAME_KEYS and self._need_layout:
                self._need_layout = False
                self._probe(frame=True)
                return True
            self._quiet()
            self._proved, self._need_layout = False, True
            self.app.hold_output()
            self.loop.call_soon(self.deliver, self.held.popleft())
            return True
        return self.app.release_output() or self._answer_waiters()

    def _answer_waiters(self) -> bool:
        """Tell who waits that everything has settled; tell whether anybody did."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        return bool(waiters)

    def _types_ahead(self) -> bool:
        test = getattr(self.app.focused, "types_ahead", None)
        return bool(test and self.held and isinstance(self.held[0], events.Key) and test(self.held[0]))

    def _probe(self, *, frame: bool) -> None:
        """Post a no-op to whoever may still be inside a handler."""
        screen = self.app.screen
        self._round += 1
        this = self._round
        self._asked_at = self.loop.time()

        def back() -> None:
            if this == self._round:
                self._out -= 1
                self._proved = not self._out

        self._out = sum(node.call_later(back) for node in (screen.focused or screen).ancestors_with_self)
        if frame:
            self._need_frame = False
            self._out += screen.call_after_refresh(back)
        self._proved = not self._out

    def _wait(self) -> bool:
        if (self.held or self._waiters) and self._clock is None:
            self._since = self.loop.time()
            self._clock = self.loop.call_later(RETRY, self._tick)
        return False

    def _tick(self) -> None:
        """Ask lost probes again; tell the clerk when a key has been held for long."""
        self._clock = self.loop.call_later(RETRY, self._tick)
        if self._out and self.loop.time() - self._asked_at > RETRY:
            self._need_frame = True
            self._probe(frame=True)
        if self.held and not self.told and self.loop.time() - self._since > PATIENCE:
            self.told = True
            self.app.wait_long(len(self.held))
        if not self.held and not self._waiters:
            self._quiet()

    def _quiet(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        if self.told:
            self.told = False
            self.app.wait_over()

    def close(self) -> None:
        """Let go of the loop; waiters are answered."""
        self.open = False
        self._quiet()
        self.loop.idle.on_idle = None
        self._answer_waiters()

    async def settled(self) -> None:
        """Wait until every key has gone in and its effect has settled."""
        waiter: asyncio.Future[None] = self.loop.create_future()
        self._waiters.append(waiter)
        await waiter


class Stoppable(Protocol):
    """An act over many things, with its progress."""

    is_shown: bool
    """Whether the clerk has seen its progress."""

    def stop(self) -> None:
        """End it soon."""


class GatedApp(SendingApp):
    """Mixin for an app whose keys pass the gate; it stands before `App` in the bases."""

    BACKGROUND: ClassVar[frozenset[str]] = frozenset({"watch"})
    """Groups of workers that no key waits for."""

    gate: KeyGate | None = None
    stopping: "Stoppable | None" = None
    """The act over many things that runs now."""
    keys_are_held = False
    """True while the terminal is too small to work in."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._early: deque[Message] = deque(maxlen=MOST_HELD)
        """Keys that came before the gate was made."""
        self._masks: list[ExitStack] = []
        """What keeps a change of screen from being drawn half done."""
        super().__init__(*arguments, **options)

    def post_message(self, message: Message) -> bool:
        """Queue keys and pastes from the terminal; let everything else through."""
        if isinstance(message, events.Key | events.Paste) and not message.is_forwarded:
            if self.gate is None:
                self._early.append(message)
            else:
                self.gate.take(message)
            return True
        return super().post_message(message)

    def delay_update(self, delay: float = 0.05) -> None:
        """Draw nothing of a change of screen until its work is done, or for `delay` seconds.

        Textual would always take the whole time; a frame asked for meanwhile comes back without its layout, and
        the next key would meet a screen that is not there yet.
        """
        mask = ExitStack()
        mask.callback(lambda: self.screen.refresh())
        mask.enter_context(self.batch_update())
        self._masks.append(mask)
        self.set_timer(delay, mask.close, name="mask")

    def unmask(self) -> bool:
        """End what `delay_update` began; tell whether there was anything."""
        masks, self._masks = self._masks, []
        for mask in masks:
            mask.close()
        return bool(masks)

    def start_gate(self) -> None:
        """Make the gate and let in, in order, what was typed before the first screen stood."""
        gate = KeyGate(self, super().post_message)
        for event in self._early:
            gate.take(event)
        self._early.clear()
        self.gate = gate
        gate.open = True
        self.follow_driver()
        self.hold_output()

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Push a screen and wait for the clerk's answer; meanwhile this worker holds no key.

        A worker that the clerk no longer waits for asks nothing: a form must not come up under keys that are
        meant for something else. A screen that was left while its save runs says so by `saving`; its outcome is
        the answer.
        """
        gate = self.gate
        if gate is None:
            return await self.push_screen_wait(screen)
        if self.gone_on():
            self.came_late()
            return None
        with gate.waiting_for_clerk() as worker:
            answer: Answer | None = await self.push_screen_wait(screen)
            saving: Worker[Answer | None] | None = getattr(screen, "saving", None)
            if answer is None and saving is not None and not saving.is_finished:
                gate.let_go.add(worker)
                answer = await saving.wait()
            return answer

    @contextmanager
    def stoppable(self, act: "Stoppable") -> Iterator[None]:
        """Let Esc stop an act while it runs."""
        self.stopping = act
        try:
            yield
        finally:
            self.stopping = None

    def gone_on(self) -> bool:
        """Tell whether the clerk no longer waits for the worker that asks this."""
        try:
            return self.gate is not None and get_current_worker() in self.gate.let_go
        except NoActiveWorker:
            return False

    def on_unmount(self) -> None:
        """Let go of the loop."""
        if self.gate is not None:
            self.gate.close()

    def wait_long(self, held: int) -> None:
        """Tell the clerk that `held` keys wait."""

    def wait_over(self) -> None:
        """Take the telling back."""

    def wait_broken(self, dropped: int) -> None:
        """Tell the clerk how many keys were dropped."""

    def came_late(self) -> None:
        """Tell the clerk that a form or question came when nobody waited for it any more."""
