"""Set-up's list of what the Online Appointments site offers: the clinic's rules, each provider, and the mails."""

from ctfront.domain import letters
from ctfront.domain.grammar.hours import show_week
from ctfront.domain.letters import MailWording
from ctfront.domain.online import OnlineProvider
from ctfront.domain.providers import DayHours, VisitPurpose
from ctfront.domain.set_up import SetUp
from ctfront.domain.text import safe
from ctfront.widgets.set_up_rows import SetUpList, SetUpRow


def show_notice(minutes: int) -> str:
    """Return `90 min`, `2 h`, `1 h 30`, `3 days`."""
    if minutes and minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return f"{days} day{'' if days == 1 else 's'}"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60:02}" if minutes % 60 else "")


def online_rows(set_up: SetUp) -> list[SetUpRow]:
    """Return the rules, the providers in Set-up order, and the mails."""
    providers = (_provider_row(one, set_up) for one in set_up.online.providers)
    return [*_rule_rows(set_up), *providers, *(_mail_row(wording, set_up) for wording in set_up.mails)]


def _rule_rows(set_up: SetUp) -> list[SetUpRow]:
    rules = set_up.online.rules
    approved = [purpose for purpose in set_up.purposes if purpose.id in rules.to_approve]
    letters = " ".join(purpose.letter for purpose in approved) or "none"
    names = ", ".join(purpose.name for purpose in approved) or "none"
    fields = (
        ("notice_minutes", "Notice", show_notice(rules.notice_minutes), "before its start, at the latest", ""),
        ("days_ahead", "Days ahead", str(rules.days_ahead), "and no further", ""),
        ("most_coming", "At most", str(rules.most_coming), "coming ones a person made online", ""),
        ("to_approve", "Approve", letters, "wait as ? for the desk", names),
        ("welcome", "Site text", rules.welcome or "none", "own words on the first page", ""),
    )
    return [
        SetUpRow(
            key=key,
            cells=(safe(label), safe(value), safe(meaning)),
            item=set_up.online,
            details=(safe(f"{label}: {in_full or value}"), safe(meaning)),
        )
        for key, label, value, meaning, in_full in fields
    ]


def _provider_row(one: OnlineProvider, set_up: SetUp) -> SetUpRow:
    offered = [purpose for purpose in set_up.purposes if purpose.id in one.purpose_ids]
    hours = "office hours"
    if one.hours is not None:
        hours = show_week(DayHours(weekday=weekday, spans=spans) for weekday, spans in one.hours.items())
    at_once = "" if one.governor is None else f"   online at most {one.governor} at a time"
    return SetUpRow(
        key=one.id,
        cells=(safe(one.provider.name), safe(_shown(one, offered)), safe(hours)),
        item=one,
        details=(
            safe(f"{one.provider.name}   {'available' if one.available else 'HIDDEN'} online{at_once}"),
            safe(f"Offers {', '.join(purpose.name for purpose in offered) or 'nothing'}"),
            safe(hours),
            safe(one.description),
        ),
    )


def _mail_row(wording: MailWording, set_up: SetUp) -> SetUpRow:
    values = letters.example(set_up.clinic.name, set_up.site.phone, set_up.site.address)
    subject = letters.fill(wording.text.subject, values)
    words = "built-in words" if wording.is_built_in else "own words"
    paragraphs = letters.paragraphs_of(wording.text, values)[1:4]
    return SetUpRow(
        key=f"mail-{wording.kind}",
        cells=(safe(f"Mail: {letters.TITLES[wording.kind]}"), safe(words), safe(subject)),
        item=wording,
        details=(safe(subject), *(safe(" ".join(lines)) for lines in paragraphs)),
    )


def _shown(one: OnlineProvider, offered: list[VisitPurpose]) -> str:
    letters = " ".join(purpose.letter for purpose in offered) or "nothing"
    return letters if one.available else f"hidden ({letters})"


ONLINE = SetUpList(
    name=safe("Online"),
    headings=(("Online", 20), ("Offered", 24), ("", 0)),
    rows=online_rows,
)
