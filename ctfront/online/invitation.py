"""The link in an invitation: the birth date, then a password."""

from datetime import date

from starlette.responses import Response

from ctfront.domain.errors import InputRefused
from ctfront.domain.times import wall_clock
from ctfront.online import log_in
from ctfront.online.answers import read_birth_date
from ctfront.online.visits import Visit
from ctfront.services.accepting import Acceptance, Outcome
from ctfront.services.online_accounts import LogInRefused, MustWait

NOT_OURS = "That is not the birth date that we have. Check it, please."


async def show(visit: Visit) -> Response:
    """Ask for the birth date, if the link opens anything."""
    if not await visit.site.invitations.is_open(_secret(visit)):
        return closed(visit)
    return visit.page("invitation")


async def answer(visit: Visit) -> Response:
    """Take the birth date, and with it a password for a new log-in or of one that is there."""
    if not await visit.site.invitations.is_open(_secret(visit)):
        return closed(visit)
    today = wall_clock(visit.site.front.clock(), visit.practice.clinic.zone).date()
    try:
        born = read_birth_date(visit.form, today=today)
    except InputRefused as refusal:
        return visit.page("invitation", errors={refusal.field: str(refusal)}, form=visit.form)
    match visit.form.get("step"):
        case "password":
            return await _choose(visit, born)
        case "log-in":
            return await _join(visit, born)
    tried = await visit.site.invitations.try_birth_date(_secret(visit), born, origin=visit.origin)
    return _next(visit, tried)


async def _choose(visit: Visit, born: date) -> Response:
    password, again = visit.form.get("password", ""), visit.form.get("again", "")
    try:
        if password != again:
            raise InputRefused("The two passwords differ. Type the same one twice.", field="again")
        accepted, token = await visit.site.invitations.accept(
            _secret(visit), born, password, token=visit.token, origin=visit.origin
        )
    except InputRefused as refusal:
        return visit.page("choose_password", errors={refusal.field: str(refusal)}, form=visit.form)
    return _next(visit, accepted, token)


async def _join(visit: Visit, born: date) -> Response:
    address = visit.form.get("address", "")
    try:
        accepted, token = await visit.site.invitations.join(
            _secret(visit), born, address, visit.form.get("known", ""), token=visit.token, origin=visit.origin
        )
    except (LogInRefused, MustWait) as refusal:
        return log_in.refused(visit, "join", refusal, field="known", form=visit.form)
    return _next(visit, accepted, token)


def _next(visit: Visit, tried: Acceptance, token: str = "") -> Response:
    """Answer with what follows on a try."""
    match tried.outcome:
        case Outcome.ENROLLED:
            visit.give(token)
            return visit.go("/")
        case Outcome.OPEN:
            return visit.page("choose_password", form=visit.form)
        case Outcome.HAS_ACCOUNT:
            return visit.page("join", form={**visit.form, "address": tried.address})
        case Outcome.WRONG_BIRTH_DATE:
            return visit.page("invitation", errors={"day": NOT_OURS}, form=visit.form)
        case Outcome.LOCKED | Outcome.UNKNOWN:
            return closed(visit)


def closed(visit: Visit) -> Response:
    """Answer a link that opens nothing, always alike: nobody learns whether and why it once did."""
    return visit.page("closed", status=404)


def _secret(visit: Visit) -> str:
    return str(visit.request.path_params["secret"])
