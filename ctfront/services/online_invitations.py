"""Accepting an invitation on the site: the birth date, then a password, or a log-in that is there already."""

from datetime import date

from ctfront.domain.passwords import check_password
from ctfront.services.accepting import Acceptance, Outcome, accept_invitation, select_open, try_birth_date
from ctfront.services.front import Front
from ctfront.services.online_accounts import OnlineAccounts
from ctfront.services.password_hashing import PasswordHashing


class OnlineInvitations:
    """What can be done with the link in an invitation."""

    def __init__(self, front: Front, accounts: OnlineAccounts, hashing: PasswordHashing) -> None:
        self._front = front
        self._accounts = accounts
        self._hashing = hashing

    async def is_open(self, secret: str) -> bool:
        """Tell whether the link opens anything now."""
        practice = await self._front.practice()
        if not practice.clinic.online:
            return False
        async with self._front.database.reading() as session:
            query = select_open(practice.clinic, secret, self._front.clock())
            return (await session.execute(query)).first() is not None

    async def try_birth_date(self, secret: str, birth_date: date, *, origin: str) -> Acceptance:
        """Look whether it is the patient's; a wrong one counts, and the fifth locks the invitation."""
        return await self._front.write(try_birth_date, self._front.act(origin=origin), secret, birth_date)

    async def accept(
        self, secret: str, birth_date: date, password: str, *, token: str, origin: str
    ) -> tuple[Acceptance, str]:
        """Enroll with a new password and log in; return the outcome and the new token, empty unless enrolled.

        Raises `InputRefused` for a password that may not be chosen.
        """
        tried = await self.try_birth_date(secret, birth_date, origin=origin)
        if tried.outcome is not Outcome.OPEN:
            return tried, ""
        clinic = (await self._front.practice()).clinic
        check_password(password, about=(tried.first_name, tried.address, clinic.name))
        kept = await self._hashing.hash(password)
        act = self._front.act(origin=origin)
        accepted = await self._front.write(accept_invitation, act, secret, birth_date, password_hash=kept)
        return await self._logged_in(accepted, token)

    async def join(
        self, secret: str, birth_date: date, address: str, password: str, *, token: str, origin: str
    ) -> tuple[Acceptance, str]:
        """Add the patient to a log-in that is there already. Raises `LogInRefused` or `MustWait`."""
        tried = await self.try_birth_date(secret, birth_date, origin=origin)
        if tried.outcome not in {Outcome.OPEN, Outcome.HAS_ACCOUNT}:
            return tried, ""
        account_id = await self._accounts.prove(address, password, origin=origin)
        act = self._front.act(origin=origin)
        accepted = await self._front.write(accept_invitation, act, secret, birth_date, account_id=account_id)
        return await self._logged_in(accepted, token)

    async def _logged_in(self, accepted: Acceptance, token: str) -> tuple[Acceptance, str]:
        if accepted.account_id is None:
            return accepted, ""
        return accepted, await self._accounts.begin(accepted.account_id, token=token)
