"""Logging in and out, and the first page."""

from collections.abc import Mapping

from starlette.responses import Response

from ctfront.online.visits import Visit
from ctfront.services.online_accounts import LogInRefused, MustWait


async def home(visit: Visit) -> Response:
    """Show the first page."""
    if visit.who is None:
        return visit.page("log_in")
    site, clinic = visit.site, visit.practice.clinic
    return visit.page(
        "home",
        people=await site.booking.people(visit.who.account_id),
        coming=await site.booking.coming(clinic, visit.who.account_id),
        book=await site.booking.book_of_offers(),
    )


async def show(visit: Visit) -> Response:
    """Show the log-in."""
    return visit.go("/") if visit.who is not None else visit.page("log_in")


async def log_in(visit: Visit) -> Response:
    """Log in; a wrong address and a wrong password are one and the same."""
    address, password = visit.form.get("address", ""), visit.form.get("password", "")
    try:
        token = await visit.site.accounts.log_in(address, password, token=visit.token, origin=visit.origin)
    except (LogInRefused, MustWait) as refusal:
        return refused(visit, "log_in", refusal, form={"address": address})
    visit.give(token)
    return visit.go("/")


def refused(
    visit: Visit, page: str, refusal: LogInRefused | MustWait, *, field: str = "password", form: Mapping[str, str]
) -> Response:
    """Show the page again with what was wrong."""
    status = 429 if isinstance(refusal, MustWait) else 200
    answer = visit.page(page, status=status, errors={field: str(refusal)}, form=form)
    if isinstance(refusal, MustWait):
        answer.headers["retry-after"] = str(refusal.seconds)
    return answer


async def log_out(visit: Visit) -> Response:
    """Log out."""
    await visit.site.accounts.log_out(visit.token)
    visit.leave()
    return visit.go("/log-in")
