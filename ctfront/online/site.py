"""The site put together: its parts, its routes, and what is answered when something is not as it should be."""

from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ctfront.domain.errors import DatabaseUnavailable
from ctfront.online import booking, invitation, log_in, opt_out, proofs
from ctfront.online.pages import Pages
from ctfront.online.safety import Safety
from ctfront.online.visits import ForeignForm, Visit
from ctfront.services.front import Front
from ctfront.services.online_accounts import OnlineAccounts
from ctfront.services.online_booking import OnlineBooking
from ctfront.services.online_invitations import OnlineInvitations
from ctfront.services.online_proofs import OnlineProofs
from ctfront.services.opting_out import OptingOut
from ctfront.services.password_hashing import PasswordHashing

Answer = Callable[[Visit], Awaitable[Response]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
STYLE_SECONDS = 3600


class OnlineSite:
    """What the pages act on."""

    def __init__(self, front: Front, url: str) -> None:
        """Prepare for the address that patients know; below https, cookies travel encrypted only."""
        self.front = front
        self.is_secure = url.startswith("https:")
        self.cookie = "__Host-visit" if self.is_secure else "visit"
        self.hashing = PasswordHashing()
        self.accounts = OnlineAccounts(front, self.hashing)
        self.invitations = OnlineInvitations(front, self.accounts, self.hashing)
        self.opting_out = OptingOut(front)
        self.booking = OnlineBooking(front)
        self.proofs = OnlineProofs(front, self.accounts, self.hashing)
        self.pages = Pages()
        self.hosts = _hosts(url)


def _hosts(url: str) -> Collection[str]:
    """Return the names that a request may be for: the site's own, and this machine's."""
    host = (urlsplit(url).hostname or "").casefold()
    return {f"[{host}]" if ":" in host else host, *LOOPBACK}


def make_app(site: OnlineSite) -> Starlette:
    """Return the site as an ASGI application."""

    def route(path: str, get: Answer | None, post: Answer | None = None, *, own: bool = True) -> Route:
        async def answer(request: Request) -> Response:
            visit = await Visit.of(site, request)
            if request.method != "POST":
                return await get(visit) if get is not None else visit.go("/")
            assert post is not None, "the route takes no other"
            try:
                await visit.read_form(own=own)
            except ForeignForm:
                return visit.page("stale_form", status=403)
            return await post(visit)

        return Route(path, answer, methods=["GET", "POST"] if post is not None else ["GET"])

    async def style(request: Request) -> Response:
        headers = {"cache-control": f"public, max-age={STYLE_SECONDS}"}
        return Response(site.pages.style, media_type="text/css", headers=headers)

    async def not_found(request: Request, error: Exception) -> Response:
        visit = await Visit.of(site, request)
        status = error.status_code if isinstance(error, HTTPException) else 404
        return visit.page("not_found", status=status)

    async def unavailable(request: Request, error: Exception) -> Response:
        return Response(AWAY, status_code=503, media_type="text/html", headers={"retry-after": "30"})

    async def broken(request: Request, error: Exception) -> Response:
        return Response(BROKEN, status_code=500, media_type="text/html")

    return Starlette(
        routes=[
            Route("/style.css", style, methods=["GET"]),
            route("/", log_in.home),
            route("/log-in", log_in.show, log_in.log_in),
            route("/log-out", None, log_in.log_out),
            route("/invitation/{secret}", invitation.show, invitation.answer),
            route("/forgotten", proofs.show_forgotten, proofs.forgotten),
            route("/reset/{secret}", proofs.show_reset, proofs.reset),
            route("/register", proofs.show_register, proofs.register),
            route("/register/{secret}", proofs.show_proved, proofs.proved),
            route("/book", booking.step(booking.show_people), booking.step(booking.take_person)),
            route("/book/visit", booking.step(booking.show_purposes), booking.step(booking.take_purpose)),
            route("/book/provider", booking.step(booking.show_providers), booking.step(booking.take_provider)),
            route("/book/day", booking.step(booking.show_days), booking.step(booking.take_day)),
            route("/book/time", booking.step(booking.show_times), booking.step(booking.take_time)),
            route("/book/confirm", booking.step(booking.show_summary), booking.step(booking.take_booking)),
            route("/opt-out/{token}", opt_out.show, opt_out.act, own=False),
        ],
        middleware=[Middleware(Safety, hosts=site.hosts)],
        exception_handlers={404: not_found, 405: not_found, DatabaseUnavailable: unavailable, 500: broken},
    )


_PLAIN = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{0}</title><link rel="stylesheet" href="/style.css"></head><body><main><h1>{0}</h1><p>{1}</p></main>'
    "</body></html>"
)
AWAY = _PLAIN.format("Please try again soon", "We can’t reach our schedule at the moment. Nothing was changed.")
BROKEN = _PLAIN.format("Something went wrong", "It is our fault, and nothing was changed. Please phone the clinic.")
