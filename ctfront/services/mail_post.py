"""Mail as an open app sees it: whether any is due and why none leaves; sending itself is loaded when it must be."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ctfront.data import mail_queue
from ctfront.data.database import Database
from ctfront.domain.mails import Sendings, why_mail_waits

if TYPE_CHECKING:  # speaks SMTP and renders: not before the first paint, nor without need
    from ctfront.services.mail_sending import MailSending

SWEEP_SECONDS = 60.0
"""Between two looks for what has expired."""


class MailPost:
    """How the clinic's mail stands, and the sender of an app that holds the log-in."""

    def __init__(
        self,
        database: Database,
        clinic_id: int,
        clock: Callable[[], datetime],
        *,
        lacking: str,
        make_sending: "Callable[[], MailSending] | None" = None,
    ) -> None:
        """Prepare; `lacking` is what the settings miss, and without `make_sending` nothing is sent."""
        self._database = database
        self._clinic_id = clinic_id
        self._clock = clock
        self._lacking = lacking
        self._make_sending = make_sending
        self._sending: MailSending | None = None
        self._swept = float("-inf")

    @property
    def sends(self) -> bool:
        """Whether this app sends."""
        return self._make_sending is not None

    async def sendings(self) -> Sendings:
        """Return how sending stands."""
        async with self._database.reading() as session:
            return await mail_queue.read_sendings(session, self._clinic_id)

    async def why_mail_waits(self) -> str:
        """Return the sentence that says why no mail leaves, empty when it does."""
        return why_mail_waits(await self.sendings(), lacking=self._lacking, now=self._clock())

    async def banner(self, *, for_manager: bool) -> str:
        """Return what stands on the screen while mail waits for a fault of ours, empty when all is well."""
        sendings = await self.sendings()
        why = why_mail_waits(sendings, lacking=self._lacking, now=self._clock())
        if why and (sendings.stopped_at is not None or (sendings.waiting and not self.sends)):
            return why
        return sendings.template_fault if for_manager else ""

    async def send_due(self) -> None:
        """Send what is due, if anything is. Raises `ClinicError`."""
        now, loop = self._clock(), asyncio.get_running_loop()
        async with self._database.reading() as session:
            due = await mail_queue.is_due(session, self._clinic_id, now)
            over = loop.time() >= self._swept + SWEEP_SECONDS and await mail_queue.is_over(
                session, self._clinic_id, now
            )
        if self._make_sending is None or not (due or over):
            return
        if self._sending is None:
            self._sending = await asyncio.to_thread(self._make_sending)
        if over:
            self._swept = loop.time()
            await self._sending.sweep()
        if due:
            try:
                await self._sending.send_due()
            finally:
                await self._sending.close()
