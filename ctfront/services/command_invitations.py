"""Lines about invitations: `inv` from anywhere, `rm`, `rp` and `re` in Patient Access only."""

from ctfront.domain.errors import InvitationRefused
from ctfront.domain.grammar.commands import IN_ACCESS, Command, Verb
from ctfront.domain.invitations import OnlineAccess, Source
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.domain.times import show_day
from ctfront.services.command_whom import AtHand, Whoms
from ctfront.services.inviting import OFF, Inviting

NO_ADDRESS = "no email address"


def check_place(command: Command, at_hand: AtHand) -> None:
    """Refuse what is done in Patient Access only. Raises `InvitationRefused` with the way on."""
    if command.verb in IN_ACCESS and not at_hand.in_access:
        raise InvitationRefused(f"{command.verb.value} works in Patient Access only (F4; ctfront do --in access).")


class InvitationCommand:
    """Does one line about one patient's invitation."""

    def __init__(self, inviting: Inviting, whoms: Whoms) -> None:
        self._inviting = inviting
        self._whoms = whoms

    async def meant(self, command: Command, at_hand: AtHand) -> str:
        """Return whom a line means and which address, before it is done."""
        patient = await self._whoms.one(command.whom, at_hand)
        if not self._inviting.clinic.online:
            raise InvitationRefused(OFF)
        now = at_hand.now.replace(tzinfo=self._inviting.clinic.tz)
        access = (await self._inviting.access([patient.id], now=now))[patient.id]
        return f"{patient.name} b {show_day(patient.birth_date)} · {_address(command.verb, access)}"

    async def do(self, act: Act, command: Command, at_hand: AtHand) -> tuple[str, int]:
        """Do it and return the sentence and the patient. Raises what the act raises, `NotFound` or `Ambiguous`."""
        check_place(command, at_hand)
        patient = await self._whoms.one(command.whom, at_hand)
        return await self._done(act, command.verb, patient.id), patient.id

    async def _done(self, act: Act, verb: Verb, patient_id: int) -> str:
        match verb:
            case Verb.REMOVE:
                return await self._inviting.remove(act, patient_id)
            case Verb.REPLACE:
                return await self._inviting.replace(act, patient_id)
            case Verb.REACTIVATE:
                return await self._inviting.reactivate(act, patient_id)
        return await self._inviting.invite(act, patient_id, source=Source.COMMAND)


def _address(verb: Verb, access: OnlineAccess) -> str:
    """Return which addresses the line is about."""
    invited = safe(access.standing.address) or "never invited"
    on_record = safe(access.reach.email or NO_ADDRESS)
    match verb:
        case Verb.REMOVE:
            return f"the invitation to {invited}" if access.standing.address else invited
        case Verb.REPLACE:
            return f"{invited} → {on_record}"
    return f"→ {on_record}"
