"""One request as the pages see it: who visits, the form that was posted, and the way to an answer."""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ctfront.services.front import Practice
from ctfront.services.online_accounts import LoggedIn

if TYPE_CHECKING:
    from ctfront.online.site import OnlineSite

MOST_FIELDS = 40
LONGEST_FIELD = 1_000
"""Characters of one answer; what is longer is cut."""

TOKEN = re.compile(r"[\w-]{43}")
"""What our own tokens look like; nothing else is looked up."""

FORM_TOKEN = "token"


class ForeignForm(Exception):
    """A form that did not come from a page of this visit."""


@dataclass
class Visit:
    """One request."""

    site: "OnlineSite"
    request: Request
    practice: Practice
    token: str
    """What the browser's cookie holds, or what it is given with the answer."""
    is_new: bool
    """Whether the browser brought none."""
    who: LoggedIn | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    """Names of the fields, for boxes that are ticked."""

    @classmethod
    async def of(cls, site: "OnlineSite", request: Request) -> "Visit":
        """Find out who visits and read the form. Raises `ForeignForm`."""
        brought = request.cookies.get(site.cookie, "")
        known = bool(TOKEN.fullmatch(brought))
        visit = cls(
            site=site,
            request=request,
            practice=await site.front.practice(),
            token=brought if known else secrets.token_urlsafe(32),
            is_new=not known,
        )
        if known:
            visit.who = await site.accounts.logged_in(brought)
        return visit

    async def read_form(self, *, own: bool = True) -> None:
        """Read what was posted; `own` forms carry the visit's token. Raises `ForeignForm`."""
        body = (await self.request.body()).decode("utf-8", "replace")
        try:
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise ForeignForm from None
        self.form = {name: value[:LONGEST_FIELD] for name, value in reversed(pairs)}
        self.chosen = frozenset(self.form)
        if own and not hmac.compare_digest(self.form.get(FORM_TOKEN, "").encode(), self.form_token.encode()):
            raise ForeignForm

    @property
    def form_token(self) -> str:
        """What the forms of this visit carry."""
        return self.site.front.key.form_token(self.token)

    @property
    def origin(self) -> str:
        """The network address that tries are counted by: of IPv6 the part that one customer gets."""
        host = self.request.client.host if self.request.client else ""
        try:
            address = ip_address(host)
        except ValueError:
            return "unknown"
        if isinstance(address, IPv6Address):
            return str(IPv6Address(int(address) >> 64 << 64))
        return str(address)

    # -- answers

    def page(self, name: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page."""
        html = self.site.pages.render(name, self, values)
        return self.keep(HTMLResponse(html, status_code=status))

    def go(self, path: str) -> Response:
        """Answer with another page of ours; never with one that a visitor names."""
        return self.keep(RedirectResponse(path, status_code=303))

    def give(self, token: str) -> None:
        """Take the token of another log-in, or of none, from now on."""
        self.token, self.is_new = token, True

    def leave(self) -> None:
        """Take a token that nobody is logged in under."""
        self.give(secrets.token_urlsafe(32))

    def keep(self, response: Response) -> Response:
        """Let the browser keep a new token; scripts can't read it, and other sites' forms don't bring it."""
        if self.is_new:
            response.set_cookie(
                self.site.cookie, self.token, path="/", secure=self.site.is_secure, httponly=True, samesite="lax"
            )
        return response
