"""The lists of Set-up: what each row shows, and what the pane adds about the row under the cursor."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ctfront.domain.clinic import DateOrder, Identity, Site
from ctfront.domain.grammar.hours import show_weeks
from ctfront.domain.grammar.rights import show_rights, type_rights
from ctfront.domain.keymap import KeyAct, type_keys
from ctfront.domain.letters import MailWording
from ctfront.domain.online import OnlineBook, OnlineProvider
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.set_up import SetUp
from ctfront.domain.staff import Staff
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_date

ADD = "add"
"""Key of the row on which Enter opens an empty form."""

ORDER_WORDS = {DateOrder.MONTH_FIRST: "month first", DateOrder.DAY_FIRST: "day first"}
IDENTITY_WORDS = {
    Identity.OS: "the log-in here says who works",
    Identity.FORCED_COMMAND: "the SSH key says who works",
    Identity.DEMO: "made up: anybody may be anybody",
}


Item = Provider | VisitPurpose | Staff | Event | Site | KeyAct | OnlineBook | OnlineProvider | MailWording
"""What a row shows, where it is more than a field of the clinic's."""


@dataclass(frozen=True, kw_only=True)
class SetUpRow:
    """One row of a list."""

    key: int | str
    """Id of what the row shows, name of the clinic's field, or `ADD`."""
    cells: tuple[Shown, ...]
    item: Item | None = None
    details: tuple[Shown, ...] = ()
    """What the pane says, in full."""
    active: bool = True

    def cell(self, *, number: int) -> Shown:
        """Return the text of a column."""
        return self.cells[number]


@dataclass(frozen=True, kw_only=True)
class SetUpList:
    """One of the lists, opened by its digit."""

    name: Shown
    headings: tuple[tuple[str, int], ...]
    """Heading and width of each column; width 0 takes what is left."""
    rows: Callable[[SetUp], Sequence[SetUpRow]]
    add: Shown | None = None
    """Words of the row that adds one."""


def _row(
    key: int, cells: Sequence[str], item: Provider | VisitPurpose | Staff | Event | Site, *details: str
) -> SetUpRow:
    return SetUpRow(
        key=key,
        cells=tuple(safe(cell) for cell in cells),
        item=item,
        details=tuple(safe(line) for line in details),
        active=isinstance(item, Event | Site) or item.active,
    )


def yes_or_no(yes: bool) -> str:
    """Return the word."""
    return "yes" if yes else "no"


def _state(active: bool) -> str:
    return "active" if active else "INACTIVE"


def provider_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the providers in Set-up order."""
    purposes = {purpose.id: purpose for purpose in set_up.purposes}
    rows = []
    for it in set_up.providers:
        offered = [purposes[purpose_id] for purpose_id in it.purpose_ids]
        hours, *later = show_weeks(it.hours, set_up.today, set_up.sites)
        letters = " ".join(purpose.letter for purpose in offered) or "nothing"
        names = ", ".join(purpose.name for purpose in offered) or "no visit purpose"
        at_once = "1 appointment" if it.governor == 1 else f"{it.governor} appointments"
        rows.append(
            _row(
                it.id,
                (it.name, str(it.governor), yes_or_no(it.active), letters, hours),
                it,
                f"{it.name}   {_state(it.active)}   governor: {at_once} at any moment",
                f"Offers {names}",
                hours,
                "; ".join(later),
            )
        )
    return rows


def purpose_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the visit purposes in Set-up order."""
    rows = []
    for it in set_up.purposes:
        by = ", ".join(p.name for p in set_up.providers if it.id in p.purpose_ids and p.active) or "nobody"
        rows.append(
            _row(
                it.id,
                (it.name, it.letter, str(it.minutes), yes_or_no(it.active), by),
                it,
                f"{it.name} {it.minutes} min   “{it.letter}” in the grid{f', {it.color}' if it.color else ''}   "
                f"{_state(it.active)}",
                f"Offered by {by}",
            )
        )
    return rows


def staff_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the staff in the order in which they came."""
    return [
        _row(
            it.id,
            (it.name, it.short_name, it.os_user or "none", yes_or_no(it.active), type_rights(it.rights)),
            it,
            f"{it.name}   {it.short_name}   {_state(it.active)}   log-in on this machine: {it.os_user or 'none'}",
            f"May {show_rights(it.rights)}" if it.rights else "May look only",
        )
        for it in set_up.staff
    ]


def event_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the events of today and later, the next one first."""
    providers = {provider.id: provider.name for provider in set_up.providers}
    return [
        _row(
            it.id,
            (show_date(it.day), it.times, providers[it.provider_id], f"{it.text} (repeats)" if it.series else it.text),
            it,
            f"{it.text}   {it.times}   {show_date(it.day)}{'   repeats' if it.series else ''}",
            f"{providers[it.provider_id]} is not bookable then. Enter lists the appointments that are in it.",
        )
        for it in set_up.events
    ]


TRAIL, DATABASE = "trail", "database"
FOR_LOOKING = frozenset({TRAIL, DATABASE})
"""Keys of rows of the clinic that no form changes."""


def clinic_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the clinic's own fields, a row each."""
    clinic, site = set_up.clinic, set_up.site
    fields = (
        ("name", "Name", clinic.name, "in the title of every screen"),
        ("zone", "Time zone", clinic.zone, "times are promised in it"),
        ("date_order", "Date order", ORDER_WORDS[clinic.date_order], "how 2/3 is read"),
        ("online", "Online", yes_or_no(clinic.online), "takes part in Online Appointments"),
        ("slot_minutes", "Slot", f"{clinic.slot_minutes} min", "one row of the Scheduler"),
        ("correction_days", "Corrections", f"{clinic.correction_days} days", "a past status may be corrected"),
        ("holidays", "Holidays", clinic.holidays or "none", "a series passes them over"),
        (DATABASE, "Database", set_up.engine, "has a fault: see ctfront check" if set_up.advice else ""),
        (TRAIL, "Audit trail", "who did what when", "Enter lists it"),
        ("site_name", "Site", site.name, ""),
        ("site_address", "Address", site.address or "none", ""),
        ("site_phone", "Phone", site.phone or "none", "patients are told to call it"),
        ("identity", "Identity", clinic.identity.value, IDENTITY_WORDS[clinic.identity]),
    )
    return [
        SetUpRow(
            key=key,
            cells=(safe(label), safe(value), safe(meaning)),
            details=(safe(f"{label}: {value}"), safe(set_up.advice if key == DATABASE else meaning)),
        )
        for key, label, value, meaning in fields
    ]


def site_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the sites, the first one first."""
    rows = []
    for it in set_up.sites:
        first = it == set_up.site
        there = {
            p.name
            for p in set_up.providers
            for d in p.hours
            if p.active and (d.site_id == it.id or (first and not d.site_id))
        }
        names = ", ".join(p.name for p in set_up.providers if p.name in there) or "nobody"
        cells = (it.name, it.address or "none", it.phone or "none", names)
        rows.append(_row(it.id, cells, it, f"{it.name}   {it.address}   {it.phone}", f"Office hours here: {names}"))
    return rows


PROVIDERS = SetUpList(
    name=safe("Providers"),
    headings=(("Provider", 20), ("At once", 7), ("Active", 6), ("Offers", 15), ("Office hours", 0)),
    rows=provider_rows,
    add=safe("+ Add a provider"),
)
PURPOSES = SetUpList(
    name=safe("Purposes"),
    headings=(("Visit purpose", 24), ("Letters", 7), ("Minutes", 7), ("Active", 6), ("Offered by", 0)),
    rows=purpose_rows,
    add=safe("+ Add a visit purpose"),
)
STAFF = SetUpList(
    name=safe("Staff"),
    headings=(("Name", 22), ("Short name", 12), ("Log-in", 12), ("Active", 6), ("Rights", 0)),
    rows=staff_rows,
    add=safe("+ Add to the staff"),
)
EVENTS = SetUpList(
    name=safe("Events"),
    headings=(("Day", 16), ("Time", 11), ("Provider", 20), ("What", 0)),
    rows=event_rows,
    add=safe("+ Add an event"),
)
CLINIC = SetUpList(
    name=safe("Clinic"),
    headings=(("Setting", 12), ("Value", 30), ("", 0)),
    rows=clinic_rows,
)
WALK = "walk"
"""Key of the row that lets letters walk."""


def key_rows(acts: Iterable[KeyAct], letters_walk: bool) -> list[SetUpRow]:
    """Return a row for each act, and before them whether h j k l walk."""
    walk = ("h j k l walk", yes_or_no(letters_walk), "all screens")
    first = SetUpRow(key=WALK, cells=tuple(map(safe, walk)), details=(safe("Enter switches it; K marks meanwhile."),))
    rows = [first]
    for act in acts:
        keys, where = type_keys(act.keys), PLACES.get(act.id.partition(".")[0], "all screens")
        details = f"{act.words}   {where}   shipped as {type_keys(act.shipped)}"
        rows.append(
            SetUpRow(key=act.id, cells=tuple(map(safe, (act.words, keys, where))), item=act, details=(safe(details),))
        )
    return rows


PLACES = {
    "scheduler": "Scheduler",
    "patient": "Patient Information",
    "access": "Patient Access",
    "set_up": "Set-up",
    "list": "lists",
}
"""Screens by how the ids of their acts begin."""

KEYS = SetUpList(
    name=safe("Keys"),
    headings=(("Act", 44), ("Keys", 14), ("Where", 0)),
    rows=lambda set_up: [],
)
SITES = SetUpList(
    name=safe("Sites"),
    headings=(("Site", 20), ("Address", 20), ("Phone", 14), ("Office hours of", 0)),
    rows=site_rows,
    add=safe("+ Add a site"),
)
