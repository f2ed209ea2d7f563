"""The lines behind `:` and `ctfront do`: verb, whom, then date, time, provider, purpose, later ones left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.grammar.times import TURNS, read_time
from ctfront.domain.openings import PartOfDay
from ctfront.domain.series_rule import Repeat, is_repeat, read_repeat
from ctfront.domain.text import brief

LONGEST = 200
"""Characters of a line."""


class Verb(StrEnum):
    """What a line does."""

    GO = "go"
    BOOK = "bk"
    WALK_IN = "wi"
    MOVE = "mv"
    CANCEL = "ca"
    ARRIVED = "ar"
    CHECKED_IN = "ci"
    DONE = "do"
    CHECKED_OUT = "ou"
    NO_SHOW = "ns"
    CONFIRM = "cf"
    UNDO = "un"
    OPENINGS = "fo"
    WAITLIST = "wl"
    INVITE = "inv"
    REMOVE = "rm"
    REPLACE = "rp"
    REACTIVATE = "re"
    SCHEDULER = "sc"
    PATIENT = "pi"
    ACCESS = "pa"
    SET_UP = "su"
    DELETE = "del"
    DAY_SHEET = "ds"
    DUPLICATES = "dup"
    LOCK = "lk"
    QUIT = "q"


ALONE = frozenset(
    {Verb.UNDO, Verb.SCHEDULER, Verb.PATIENT, Verb.ACCESS, Verb.SET_UP, Verb.DUPLICATES, Verb.LOCK, Verb.QUIT}
)
"""Verbs with nothing behind them."""

BOOKING = frozenset({Verb.BOOK, Verb.WALK_IN})
"""Verbs whose whom is a patient who gets an appointment; a walk-in's is today, at the first start not before now."""

ABOUT_APPOINTMENTS = frozenset(
    {
        Verb.MOVE,
        Verb.CANCEL,
        Verb.ARRIVED,
        Verb.CHECKED_IN,
        Verb.DONE,
        Verb.CHECKED_OUT,
        Verb.NO_SHOW,
        Verb.CONFIRM,
        Verb.DELETE,
    }
)
"""Verbs whose whom is one appointment or several of the day shown."""

IN_ACCESS = frozenset({Verb.REMOVE, Verb.REPLACE, Verb.REACTIVATE})
"""Verbs that are understood while Patient Access is the screen."""

ABOUT_INVITATIONS = IN_ACCESS | {Verb.INVITE}
"""Verbs whose whom is one patient, by name, record number, or an appointment of the day shown."""


@dataclass(frozen=True)
class DayNumbers:
    """`6`, `4-7`, `.130`: appointments by day number, first to last."""

    first: int
    last: int


@dataclass(frozen=True)
class AtTime:
    """`830`, `830 chen`: the appointment that starts then."""

    start: time
    provider: str | None = None


@dataclass(frozen=True)
class ByName:
    """`ruiz`, `smi,jo`: a name prefix that fits one only."""

    text: str


Whom = DayNumbers | AtTime | ByName


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line as it was read; providers and purposes are names out of those handed in."""

    verb: Verb
    whom: Whom | None = None
    date_text: str = ""
    """As typed: what it counts from is known only when it is done."""
    start: time | None = None
    turn: int | None = None
    """0 or 1 for `first` or `second` behind a time that the clocks show twice."""
    providers: tuple[str, ...] = ()
    purpose: str | None = None
    part: PartOfDay | None = None
    repeat: Repeat | None = None
    """How many visits and how often, when a series was typed."""

    def day(self, *, today: date, at_hand: date, order: DateOrder) -> date | None:
        """Return the date, counted from the one at hand; None when none was typed."""
        return read_date(self.date_text, today=today, at_hand=at_hand, order=order) if self.date_text else None

    @property
    def provider(self) -> str | None:
        """The one provider, when one was named."""
        return self.providers[0] if self.providers else None


@dataclass(frozen=True)
class Names:
    """What lines may name: providers, and purposes with their letters."""

    providers: Sequence[str] = ()
    purposes: Sequence[tuple[str, str]] = ()
    """(name, letter)"""

    def provider(self, word: str) -> str | None:
        """Return the provider that the word begins, None for none. Raises `CannotRead` for several."""
        return _one(word, {name: (name, *name.split()) for name in self.providers}, "provider")

    def purpose(self, word: str) -> str | None:
        """Return the purpose that the word begins or whose letter it is. Raises `CannotRead` for several."""
        return _one(word, {name: (name, *name.split(), letter) for name, letter in self.purposes}, "purpose")


def _one(word: str, known: dict[str, tuple[str, ...]], what: str) -> str | None:
    typed = word.casefold()
    for match in (str.__eq__, str.startswith):
        fitting = [name for name, ways in known.items() if any(match(way.casefold(), typed) for way in ways)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise CannotRead(f"Which {what}: {', '.join(fitting)}?")
    return None


class _Words:
    """The words of a line, taken one after the other, each with its place."""

    def __init__(self, line: str, *, today: date, order: DateOrder, names: Names) -> None:
        self.words = [(match.group(), match.start()) for match in re.finditer(r"\S+", line)]
        self.next = 0
        self.end = len(line)
        self.today, self.order, self.names = today, order, names

    def peek(self, ahead: int = 0) -> str:
        """Return a word that is still to come, empty behind the last."""
        place = self.next + ahead
        return self.words[place][0] if place < len(self.words) else ""

    @property
    def position(self) -> int:
        """Where the next word stands."""
        return self.words[self.next][1] if self.next < len(self.words) else self.end

    def take(self) -> str:
        """Return the next word and step behind it."""
        self.next += 1
        return self.words[self.next - 1][0]

    def date(self) -> str:
        """Take one or two words that read as a date, else nothing."""
        for count in (2, 1):
            words = [self.peek(n) for n in range(count)]
            if all(words) and self.is_date(" ".join(words)):
                self.next += count
                return " ".join(words)
        return ""

    def is_date(self, text: str) -> bool:
        """Tell whether the text reads as a date."""
        if re.fullmatch(r"\d{3,4}", text) or (" " in text and not re.search(r"[a-zA-Z]", text)):
            return False
        try:
            read_date(text, today=self.today, at_hand=self.today, order=self.order)
        except CannotRead:
            return False
        return True

    def time(self) -> time | None:
        """Take a word that reads as a time; one or two bare digits are a date here."""
        word = self.peek()
        if not word or re.fullmatch(r"\d{1,2}", word) or not word[0].isdigit() or is_repeat(word):
            return None
        start = read_time(self.peek())
        self.take()
        return start

    def turn(self) -> int | None:
        """Take `first` or `second`."""
        word = self.peek().casefold()
        return TURNS.index(word) if word in TURNS and self.take() else None

    def provider(self) -> str | None:
        """Take a word that names a provider."""
        name = self.names.provider(self.peek()) if self.peek() else None
        return name if name is None or self.take() else None

    def purpose(self) -> str | None:
        """Take a word that names a purpose."""
        name = self.names.purpose(self.peek()) if self.peek() else None
        return name if name is None or self.take() else None

    def repeat(self) -> Repeat | None:
        """Take the words that say how many visits and how often."""
        first, words = self.next, list[str]()
        while is_repeat(self.peek()):
            words.append(self.take())
        try:
            return read_repeat(" ".join(words)) if words else None
        except CannotRead:
            self.next = first
            raise

    def part(self) -> PartOfDay | None:
        """Take `mornings`, `afternoons` or `evenings`, or a beginning of three letters."""
        word = self.peek().casefold()
        for part in PartOfDay:
            if len(word) >= 3 and part.value.startswith(word):
                self.take()
                return part
        return None


def read_command(line: str, *, today: date, order: DateOrder, names: Names) -> Command:
    """Read a line. Raises `CannotRead` with the position at which it stops making sense."""
    if len(line) > LONGEST:
        raise CannotRead(f"A line has at most {LONGEST} characters.", LONGEST)
    words = _Words(line, today=today, order=order, names=names)
    try:
        command = _read(words)
    except CannotRead as refusal:
        raise CannotRead(str(refusal), words.position if refusal.position is None else refusal.position) from None
    if words.peek():
        raise CannotRead(f"“{brief(words.peek())}” is not understood here.", words.position)
    return command


def _read(words: _Words) -> Command:
    verb = _read_verb(words)
    if verb in ALONE:
        return Command(verb=verb)
    if verb is Verb.GO:
        return Command(verb=verb, date_text=_needed_date(words))
    if verb is Verb.DAY_SHEET:
        return Command(verb=verb, date_text=_needed_date(words) if words.peek() else "")
    if verb is Verb.OPENINGS:
        return _read_wanted(words, verb)
    if verb is Verb.WAITLIST:
        return _read_wanted(words, verb, _read_whom(words, by_name_only=True)) if words.peek() else Command(verb=verb)
    whom = _read_whom(words, by_name_only=verb in BOOKING)
    if verb in ABOUT_INVITATIONS or (verb in ABOUT_APPOINTMENTS and verb is not Verb.MOVE):
        return Command(verb=verb, whom=whom)
    if verb is Verb.WALK_IN:
        provider = words.provider()
        return Command(verb=verb, whom=whom, providers=(provider,) if provider else (), purpose=words.purpose())
    date_text, start = words.date(), words.time()
    turn = words.turn() if start is not None else None
    provider = words.provider()
    purpose = words.purpose() if verb is Verb.BOOK else None
    repeat = words.repeat() if verb is Verb.BOOK else None
    return Command(
        verb=verb,
        whom=whom,
        date_text=date_text,
        start=start,
        turn=turn,
        providers=(provider,) if provider else (),
        purpose=purpose,
        repeat=repeat,
    )


def _read_verb(words: _Words) -> Verb:
    if not words.peek():
        raise CannotRead("Type a verb, as bk, mv, ca or go.")
    position, word = words.position, words.take().casefold()
    for verb in Verb:
        if verb.value == word:
            return verb
    raise CannotRead(f"There is no verb “{brief(word)}”.", position)


def _needed_date(words: _Words) -> str:
    if not words.peek():
        raise CannotRead("Where to? Type a date.")
    found = words.date()
    if not found:
        read_date(words.peek(), today=words.today, at_hand=words.today, order=words.order)
    return found


def _read_whom(words: _Words, *, by_name_only: bool) -> Whom:
    if not words.peek():
        raise CannotRead("Whom? Type a day number, a name or a time.")
    position, word = words.position, words.take()
    if by_name_only:
        return ByName(word)
    if match := re.fullmatch(r"(\d{1,4})-(\d{1,4})", word):
        if int(match[1]) > int(match[2]):
            raise CannotRead(f"{word} runs backwards.", position)
        return DayNumbers(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"\.(\d{1,4})|(\d{1,2})", word):
        number = int(match[1] or match[2])
        return DayNumbers(number, number)
    if word[0].isdigit():
        try:
            start = read_time(word)
        except CannotRead as refusal:
            raise CannotRead(str(refusal), position) from None
        return AtTime(start, words.provider())
    return ByName(word)


def _read_wanted(words: _Words, verb: Verb, whom: Whom | None = None) -> Command:
    purpose = words.purpose()
    providers = list(_providers(words))
    part = words.part()
    return Command(
        verb=verb,
        whom=whom,
        purpose=purpose,
        providers=tuple(providers),
        part=part,
        date_text=words.date(),
    )


def _providers(words: _Words) -> Iterator[str]:
    while words.peek() and (name := _listed_provider(words)):
        yield name


def _listed_provider(words: _Words) -> str | None:
    bare = words.peek().rstrip(",")
    name = words.names.provider(bare) if bare and not words.is_date(bare) else None
    if name is not None:
        words.take()
    return name
