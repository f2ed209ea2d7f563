"""Invitations and mails as lists, for scripts, printers and screen readers."""

from ctfront.data import mail_lists
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.mails import ListedInvitation, ListedMail


class MailLists:
    """What was sent to whom, and what became of it; every method is one reading."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def mails(self) -> list[ListedMail]:
        """Return every mail, the oldest first."""
        async with self._database.reading() as session:
            return await mail_lists.read_mails(session, self.clinic.id)

    async def invitations(self, *, every: bool = False) -> list[ListedInvitation]:
        """Return each patient's last invitation, or every one, the oldest first."""
        async with self._database.reading() as session:
            return await mail_lists.read_invitations(session, self.clinic.id, every=every)
