"""When an app has settled, asked in the test's own process and in one of its own behind a terminal."""

import asyncio


async def settled(app) -> None:
    """Wait until every key has had its effect and the last frame is laid out."""
    await app.gate.settled()
    while not await _drawn(app):
        await app.gate.settled()
    await app.gate.settled()


async def _drawn(app) -> bool:
    """Wait for a frame of the screen in view; one that was left meanwhile never answers, and is asked no more."""
    drawn = asyncio.get_running_loop().create_future()
    app.screen.call_after_refresh(lambda: drawn.done() or drawn.set_result(None))
    await asyncio.wait([drawn], timeout=1)
    return drawn.done()
