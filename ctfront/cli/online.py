"""`ctfront online`: what the Online Appointments site offers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import click

from ctfront.cli import Asked
from ctfront.cli.opening import Desk, opened
from ctfront.cli.tables import aligned
from ctfront.domain.errors import Ambiguous, InputRefused, NotFound
from ctfront.domain.grammar.hours import read_hours, show_hours
from ctfront.domain.online import OnlineBook, OnlineProvider, OnlineProviderDraft
from ctfront.domain.providers import DayHours
from ctfront.domain.text import brief, safe
from ctfront.domain.times import Span, subtract

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


@click.group("online", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show and set what patients are offered on the site; setting needs the right “set-up”."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@command.command("show")
@click.pass_obj
def show(asked: Asked) -> None:
    """Show the clinic's rules, the providers and the purposes."""
    with opened(asked) as desk:
        book = desk.run(desk.setup.online())
    rules = book.rules
    click.echo(
        f"From {rules.notice_minutes} minutes to {rules.days_ahead} days ahead, {rules.most_coming} appointments to "
        "come a person."
    )
    if rules.welcome:
        click.echo(safe(rules.welcome))
    click.echo("\n".join(aligned([_provider_cells(one, book) for one in book.providers])))
    click.echo("\n".join(aligned([(safe(p.name), _approval(p.id in book.rules.to_approve)) for p in book.purposes])))


@command.command("rules")
@click.option("--notice", type=int, metavar="MINUTES", help="So long before its start it is still taken.")
@click.option("--days", type=int, help="So many days ahead.")
@click.option("--most", type=int, help="Appointments to come that one person may have made online.")
@click.option("--welcome", help="The clinic's own words on the first page.")
@click.pass_obj
def rules(asked: Asked, notice: int | None, days: int | None, most: int | None, welcome: str | None) -> None:
    """Set the clinic's rules."""
    with opened(asked) as desk:
        chosen = {"notice_minutes": notice, "days_ahead": days, "most_coming": most, "welcome": welcome}
        changed: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        _save_rules(desk, **changed)


@command.command("provider")
@click.argument("name")
@click.option("--available/--hidden", default=None, help="Whether patients find the provider at all.")
@click.option("--governor", type=int, help="Online at most so many at a time; 0 is as at the desk.")
@click.option("--hours", multiple=True, metavar="DAY=HOURS", help="As tue=9-12; the other days are then closed online.")
@click.option("--restore", is_flag=True, help="Offer the office hours again.")
@click.option("--offer", multiple=True, metavar="PURPOSE", help="Let patients book it.")
@click.option("--withhold", multiple=True, metavar="PURPOSE", help="Keep it for the desk.")
@click.option("--describe", help="Words shown under the name.")
@click.pass_obj
def provider(
    asked: Asked,
    name: str,
    available: bool | None,
    governor: int | None,
    hours: Sequence[str],
    restore: bool,
    offer: Sequence[str],
    withhold: Sequence[str],
    describe: str | None,
) -> None:
    """Set how a provider is offered."""
    if hours and restore:
        raise click.UsageError("--hours and --restore exclude one another.")
    with opened(asked) as desk:
        providers = desk.run(desk.setup.online()).providers
        chosen = _meant([one.provider for one in providers], name, "provider")
        one = next(p for p in providers if p.provider.id == chosen.id)
        purposes = [p for p in desk.run(desk.setup.purposes()) if p.id in one.provider.purpose_ids]
        draft = OnlineProviderDraft.of(one)
        draft = replace(
            draft,
            available=draft.available if available is None else available,
            governor=draft.governor if governor is None else governor or None,
            hours=None if restore else _read_week(hours) if hours else draft.hours,
            description=draft.description if describe is None else describe,
            purpose_ids=(draft.purpose_ids | {_meant(purposes, it, "purpose").id for it in offer})
            - {_meant(purposes, it, "purpose").id for it in withhold},
        )
        saved = desk.run(desk.setup.save_online_provider(desk.act(), chosen.id, draft, version=one.version))
        click.echo(f"Saved {safe(saved.name)}.")


@command.command("purpose")
@click.argument("name")
@click.option("--approve/--at-once", required=True, help="Whether the desk looks at it first.")
@click.pass_obj
def purpose(asked: Asked, name: str, approve: bool) -> None:
    """Set whether the desk approves a visit purpose first."""
    with opened(asked) as desk:
        book = desk.run(desk.setup.online())
        chosen = {_meant(book.purposes, name, "purpose").id}
        known = book.rules.to_approve
        _save_rules(desk, to_approve=known | chosen if approve else known - chosen)


def _save_rules(desk: Desk, **changed: Any) -> None:
    book = desk.run(desk.setup.online())
    rules = replace(book.rules, **changed)
    click.echo(f"Saved {desk.run(desk.setup.save_online_rules(desk.act(), rules, version=book.version)).name}.")


def _meant(things: Iterable[Thing], text: str, what: str) -> Thing:
    """Return the one whose name is, or alone begins with, or alone holds the text. Raises `NotFound` or `Ambiguous`."""
    things, wanted = list(things), text.casefold()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [thing for thing in things if fits(thing.name.casefold(), wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(f"“{brief(text)}” fits {' and '.join(safe(thing.name) for thing in found)}.", found)
    raise NotFound(f"There is no {what} “{brief(text)}”.")


def _read_week(texts: Iterable[str]) -> dict[int, tuple[Span, ...]]:
    week: dict[int, tuple[Span, ...]] = {}
    for text in texts:
        day, equals, hours = text.partition("=")
        if not equals or day.casefold() not in WEEKDAYS:
            raise InputRefused(f"“{brief(text)}” is no day with hours, as tue=9-12.", field="hours")
        number = WEEKDAYS.index(day.casefold())
        read = read_hours(hours, number)
        week[number] = subtract(read.spans, [pause.span for pause in read.breaks])
    return week


def _provider_cells(one: OnlineProvider, book: OnlineBook) -> tuple[str, ...]:
    names = [p.name for p in book.purposes if p.id in one.purpose_ids]
    hours = "office hours"
    if one.hours is not None:
        days = sorted(one.hours.items())
        hours = "; ".join(f"{WEEKDAYS[n]} {show_hours(DayHours(weekday=n, spans=spans))}" for n, spans in days)
    return (
        safe(one.provider.name),
        "available" if one.available else "hidden",
        f"{one.booked.highest_governor} at a time",
        safe(hours),
        safe(", ".join(names) or "nothing offered"),
    )


def _approval(needed: bool) -> str:
    return "approved by the desk first" if needed else "booked at once"
