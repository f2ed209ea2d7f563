"""A forgotten password, and registering uninvited: both go through a link in a mail."""

from starlette.background import BackgroundTask
from starlette.responses import Response

from ctfront.domain.errors import InputRefused
from ctfront.domain.online_mails import MailKind
from ctfront.domain.times import wall_clock
from ctfront.online.answers import read_birth_date
from ctfront.online.visits import Visit
from ctfront.services.enrolling import Registration
from ctfront.services.online_accounts import LogInRefused, MustWait
from ctfront.services.online_proofs import LinkOver, checked_registration

# -- a forgotten password


async def show_forgotten(visit: Visit) -> Response:
    """Ask for the address."""
    return visit.page("forgotten")


async def forgotten(visit: Visit) -> Response:
    """Answer alike whether or not anybody is known by the address; the mail is seen to afterwards."""
    proofs = visit.site.proofs
    try:
        address = await proofs.check_may_ask(visit.form.get("email", ""), origin=visit.origin)
    except (InputRefused, MustWait) as refusal:
        return _refused(visit, "forgotten", refusal)
    answer = visit.page("look_into_mail", kind="reset")
    answer.background = BackgroundTask(proofs.send_reset, address, origin=visit.origin)
    return answer


async def show_reset(visit: Visit) -> Response:
    """Ask for the new password."""
    if not await visit.site.proofs.is_open(MailKind.RESET, _secret(visit)):
        return visit.page("closed", status=404)
    return visit.page("new_password", finishing="Keep this password", known=False)


async def reset(visit: Visit) -> Response:
    """Keep the new password."""
    try:
        await visit.site.proofs.reset(_secret(visit), _same_twice(visit), origin=visit.origin)
    except InputRefused as refusal:
        errors = {refusal.field: str(refusal)}
        return visit.page("new_password", errors=errors, finishing="Keep this password", known=False)
    except LinkOver:
        return visit.page("closed", status=404)
    return visit.page("password_kept")


# -- registering


async def show_register(visit: Visit) -> Response:
    """Ask who somebody is."""
    return visit.page("register")


async def register(visit: Visit) -> Response:
    """Mail a link to the address that was stated; nothing is kept for the desk before it is used."""
    form, proofs = visit.form, visit.site.proofs
    today = wall_clock(visit.site.front.clock(), visit.practice.clinic.zone).date()
    try:
        who = checked_registration(
            Registration(
                first_name=form.get("first_name", ""),
                last_name=form.get("last_name", ""),
                birth_date=read_birth_date(form, today=today),
                email=form.get("email", ""),
                phone=form.get("phone", ""),
            )
        )
        address = await proofs.check_may_ask(who.email, origin=visit.origin)
    except (InputRefused, MustWait) as refusal:
        return _refused(visit, "register", refusal)
    who = Registration(
        first_name=who.first_name,
        last_name=who.last_name,
        birth_date=who.birth_date,
        email=address,
        phone=who.phone,
    )
    answer = visit.page("look_into_mail", kind="register")
    answer.background = BackgroundTask(proofs.send_registration, who, origin=visit.origin)
    return answer


async def show_proved(visit: Visit) -> Response:
    """Ask for a password: a new one, or that of the log-in which is there already."""
    if not await visit.site.proofs.is_open(MailKind.REGISTER, _secret(visit)):
        return visit.page("closed", status=404)
    return await _ask_password(visit, {})


async def proved(visit: Visit) -> Response:
    """Keep the request for the desk, and log in."""
    proofs = visit.site.proofs
    if not await proofs.is_open(MailKind.REGISTER, _secret(visit)):
        return visit.page("closed", status=404)
    try:
        known = await proofs.has_account(_secret(visit))
        password = visit.form.get("password", "") if known else _same_twice(visit)
        token = await proofs.register(_secret(visit), password, token=visit.token, origin=visit.origin)
    except InputRefused as refusal:
        return await _ask_password(visit, {refusal.field: str(refusal)})
    except (LogInRefused, MustWait) as refusal:
        return await _ask_password(visit, {"password": str(refusal)})
    except LinkOver:
        return visit.page("closed", status=404)
    visit.give(token)
    return visit.go("/")


async def _ask_password(visit: Visit, errors: dict[str, str]) -> Response:
    known = await visit.site.proofs.has_account(_secret(visit))
    return visit.page("new_password", errors=errors, finishing="Finish", known=known)


def _same_twice(visit: Visit) -> str:
    """Return the password, typed twice alike. Raises `InputRefused`."""
    if visit.form.get("password", "") != visit.form.get("again", ""):
        raise InputRefused("The two passwords differ. Type the same one twice.", field="again")
    return visit.form.get("password", "")


def _refused(visit: Visit, page: str, refusal: InputRefused | MustWait) -> Response:
    answer = visit.page(
        page,
        status=429 if isinstance(refusal, MustWait) else 200,
        errors={refusal.field or "email": str(refusal)},
        form=visit.form,
    )
    if isinstance(refusal, MustWait):
        answer.headers["retry-after"] = str(refusal.seconds)
    return answer


def _secret(visit: Visit) -> str:
    return str(visit.request.path_params["secret"])
