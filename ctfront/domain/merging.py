"""Two records of one person become one: what of each stays.

The record that is kept is the clerk's to choose; offered is the one with more appointments, else the older. Its fields
stay, and where it is empty the other's fill it. Phones, alerts, families and former names are united, another surname
becomes a former name. All appointments, waitlist entries and what other systems call the patient go over. Consent: a
refusal recorded on either beats a consent, unless the kept record has its own consent recorded later; where the kept
record says nothing, the other speaks. Enrollment goes over; two with different log-ins are refused. One invitation
counts: that of an enrolled record, else the kept record's, else the other's; one that gives way is removed and its link
dead.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ctfront.domain.appointments import Appointment
from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import Channel, Consent, Patient
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_day, show_time, show_weekday

REVERSIBLE = timedelta(days=30)
"""How long two merged records can be parted again."""

FILLED = ("first_name", "sex", "email", "preferred_provider_id", "note")
"""Fields that the other record fills where the kept one is empty."""


class MergeRefused(ClinicError):
    """The two records may not become one, or not be parted again."""


class ConsentRule(StrEnum):
    """What becomes of the consent for one channel."""

    STAYS = "stays"
    """The kept record's own word stands."""
    GOES_OVER = "goes over"
    """The kept record has none; the other's stands."""
    ENDS = "ends"
    """The other record's refusal ends the kept record's consent."""


def consent_rule(channel: Channel, kept: Iterable[Consent], gone: Iterable[Consent]) -> ConsentRule:
    """Return which record speaks for the channel."""
    ours = [consent for consent in kept if consent.channel is channel]
    theirs = [consent for consent in gone if consent.channel is channel]
    if not theirs:
        return ConsentRule.STAYS
    if not ours:
        return ConsentRule.GOES_OVER
    standing = next((consent for consent in ours if consent.ended_at is None), None)
    if standing is None or any(consent.ended_at is None for consent in theirs):
        return ConsentRule.STAYS
    refused = max(_said_at(consent) for consent in theirs)
    return ConsentRule.ENDS if refused >= standing.given_at else ConsentRule.STAYS


def _said_at(consent: Consent) -> datetime:
    return consent.ended_at or consent.given_at


def filled(kept: Patient, gone: Patient) -> dict[str, object]:
    """Return the fields of the kept record that the other fills."""
    return {name: getattr(gone, name) for name in FILLED if not getattr(kept, name) and getattr(gone, name)}


def check_log_ins(kept: Sequence[str], gone: Sequence[str]) -> None:
    """Refuse two enrollments with different log-ins."""
    if kept and gone and set(kept) != set(gone):
        raise MergeRefused(
            f"Both are enrolled, as {safe(kept[0])} and as {safe(gone[0])}: "
            "end one of them first (x in list 2 of Patient Access)."
        )


def check_apart(kept: Sequence[Appointment], gone: Sequence[Appointment]) -> None:
    """Refuse appointments to come of both that overlap: one person cannot be in two places."""
    both = [(a, b) for a in kept for b in gone if a.day == b.day and a.span.overlaps(b.span)]
    if both:
        told = "; ".join(
            f"{show_weekday(a.day)} {show_time(a.start)} {safe(a.provider)} and {show_time(b.start)} {safe(b.provider)}"
            for a, b in both[:3]
        )
        more = " …" if len(both) > 3 else ""
        raise MergeRefused(f"Both are expected at one time: {told}{more}. Move or cancel one of them first.")


@dataclass(frozen=True, kw_only=True)
class MergeLine:
    """One thing of both records, and what is so afterwards."""

    label: str
    kept: Shown
    gone: Shown
    after: Shown


@dataclass(frozen=True, kw_only=True)
class MergePreview:
    """Both records side by side before they become one."""

    kept: Patient
    gone: Patient
    visits: tuple[int, int]
    """How many appointments each has: the one with more is offered to be kept."""
    lines: tuple[MergeLine, ...]
    refusal: str
    """Why they may not become one, empty when they may."""


def preview_lines(
    kept: Patient,
    gone: Patient,
    *,
    visits: tuple[int, int],
    family: tuple[AbstractSet[int], AbstractSet[int]],
    online: tuple[str, str, str],
) -> list[MergeLine]:
    """Return the lines of both records.

    `visits` counts their appointments, `family` has the ids of either's, `online` says how each stands and will.
    """
    fills = filled(kept, gone)

    def line(label: str, ours: str, theirs: str, after: str = "") -> MergeLine:
        return MergeLine(label=label, kept=safe(ours), gone=safe(theirs), after=safe(after or ours))

    def alerts(of: Patient) -> list[str]:
        return [alert.text for alert in of.alerts]

    phones = [phone.number for phone in kept.phones]
    more = [phone.number for phone in gone.phones if phone.number not in phones]
    rows = [
        line(
            "Name",
            kept.name,
            gone.name,
            kept.name if kept.last_name == gone.last_name else f"formerly {gone.last_name}",
        ),
        line("Born", show_day(kept.birth_date), show_day(gone.birth_date)),
        line("Record", f"#{kept.record_number}", f"#{gone.record_number}"),
        line("Phones", ", ".join(phones), ", ".join(p.number for p in gone.phones), f"+ {len(more)}" if more else ""),
        line("Sex", kept.sex, gone.sex, str(fills.get("sex", ""))),
        line("Alerts", str(len(kept.alerts)), str(len(gone.alerts)), str(len({*alerts(kept), *alerts(gone)}))),
        line("Email", kept.email or "", gone.email or "", str(fills.get("email", ""))),
        line("Note", kept.note, gone.note, str(fills.get("note", ""))),
        line("Visits", str(visits[0]), str(visits[1]), str(sum(visits))),
        line("Family", *(str(len(ids)) for ids in (*family, (family[0] | family[1]) - {kept.id, gone.id}))),
        line("Online", *online),
    ]
    for channel, label in ((Channel.EMAIL, "Emails"), (Channel.TEXT, "Texts")):
        rule = consent_rule(channel, kept.consents, gone.consents)
        ours, theirs = ("yes" if p.consents_to(channel) else "no" for p in (kept, gone))
        after = {ConsentRule.STAYS: ours, ConsentRule.GOES_OVER: theirs, ConsentRule.ENDS: "no"}[rule]
        rows.append(line(label, ours, theirs, after))
    return rows
