"""Delivers into a Maildir: for the demo, and for clinics whose own program fetches mail from a folder."""

import asyncio
import hashlib
import os
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from ctfront.domain.mails import Outcome, Verdict
from ctfront.mail.wire_form import as_sent


@dataclass
class MaildirCourier:
    """Puts messages into a Maildir on this machine."""

    folder: Path

    async def deliver(self, message: EmailMessage, *, sender: str, to: str) -> Outcome:
        """Put the message into `new/`, whole or not at all; the same Message-ID again replaces itself."""
        return await asyncio.to_thread(self._deliver, message)

    async def prove(self, sender: str) -> Outcome:
        """Tell whether a message could be delivered."""
        return await asyncio.to_thread(self._prove)

    async def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _deliver(self, message: EmailMessage) -> Outcome:
        name = f"{hashlib.sha256(str(message['Message-ID']).encode()).hexdigest()[:32]}.ctfront"
        outcome = self._prove()
        if outcome.verdict is Verdict.DELIVERED:
            try:
                draft = self.folder / "tmp" / name
                with draft.open("wb") as file:
                    file.write(as_sent(message, line_end="\n"))
                    file.flush()
                    os.fsync(file.fileno())
                draft.rename(self.folder / "new" / name)
            except OSError as error:
                return self._fault(error)
        return outcome

    def _prove(self) -> Outcome:
        try:
            for part in ("cur", "new", "tmp"):
                (self.folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            return self._fault(error)
        return Outcome(verdict=Verdict.DELIVERED)

    def _fault(self, error: OSError) -> Outcome:
        words = f"the mailbox {self.folder} cannot be written: {error.strerror}"
        return Outcome(verdict=Verdict.OURS, words=words)
