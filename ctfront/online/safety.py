"""What holds for every request and answer: sizes, the host that is ours, what a browser may do with a page."""

from collections.abc import Collection
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 16_384
"""Bytes of a form."""

LONGEST_PATH = 400
"""Bytes of path and query together."""

POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""No script, no frame, no picture, and nothing from elsewhere."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")

FORM = b"application/x-www-form-urlencoded"


class Safety:
    """The outermost layer: refuses what is too large or not for us, and marks every answer."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        marked = _marking(scope, send)
        if (refusal := self._refusal(scope)) is not None:
            await _refuse(marked, refusal)
            return
        if scope["method"] == "POST":
            body = await _whole_body(receive)
            if body is None:
                await _refuse(marked, 413)
                return
            receive = _given(body)
        await self._app(scope, receive, marked)

    def _refusal(self, scope: Scope) -> int | None:
        """Return the status of what is not even looked at."""
        headers = dict(scope["headers"])
        if _host(headers.get(b"host", b"")) not in self._hosts:
            return 421
        if len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"]) > LONGEST_PATH:
            return 414
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return 405
        if scope["method"] == "POST":
            if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != FORM:
                return 415
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or len(length) > 9 or int(length) > LARGEST_BODY:
                return 413
        return None


def _host(value: bytes) -> str:
    """Return the name in a Host header, without its port."""
    text = value.decode("latin-1").casefold()
    name, colon, port = text.rpartition(":")
    return name if colon and port.isdigit() else text


def _marking(scope: Scope, send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), *HEADERS]
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            if scope.get("scheme") == "https":
                headers.append(HSTS)
            message = {**message, "headers": headers}
        await send(message)

    return marked


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _whole_body(receive: Receive) -> bytes | None:
    """Return the body, None when it is larger than a form or was broken off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _given(body: bytes) -> Receive:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
