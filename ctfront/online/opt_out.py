"""The opt-out link in a mail: shown with GET, done with POST; mail programs may do it in one go."""

from starlette.responses import Response

from ctfront.online.visits import Visit

ONE_CLICK = "List-Unsubscribe"
"""The field that a mail program posts, which holds no page of ours (RFC 8058); the link itself is the proof."""


async def show(visit: Visit) -> Response:
    """Show who gets mail at that address."""
    found = await visit.site.opting_out.recipients(_token(visit))
    return visit.page("opt_out", recipients=found) if found else visit.page("closed", status=404)


async def act(visit: Visit) -> Response:
    """End the emails of those who are ticked."""
    one_click = ONE_CLICK in visit.chosen
    others = {int(n) for name in visit.chosen if (n := name.removeprefix("other-")).isascii() and n.isdigit()}
    named = one_click or "named" in visit.chosen
    if not named and not others:
        return await show(visit)
    known = await visit.site.opting_out.opt_out(
        _token(visit), set() if one_click else others, named=named, origin=visit.origin
    )
    return visit.page("opted_out") if known else visit.page("closed", status=404)


def _token(visit: Visit) -> str:
    return str(visit.request.path_params["token"])
