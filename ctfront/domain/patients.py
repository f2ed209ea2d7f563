"""Who comes to the clinic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ctfront.domain.invitations import LIVE, InvitationState
from ctfront.domain.text import Shown, safe


class Sex(StrEnum):
    """As the patient states it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = ""


class Channel(StrEnum):
    """What a consent is for."""

    EMAIL = "email"
    TEXT = "text"


class ConsentHow(StrEnum):
    """How a consent was given or ended."""

    IN_PERSON = "in person"
    PHONE = "phone"
    FORM = "form"
    ONLINE = "online"
    IMPORT = "import"


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A telephone number as typed, with E.164 when it parses."""

    kind: str
    """mobile, home or work."""
    number: str
    e164: str | None = None


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One consent for one channel; never updated, only ended."""

    channel: Channel
    given_at: datetime
    how: ConsentHow
    recorded_by: str
    ended_at: datetime | None = None
    ended_how: ConsentHow | None = None
    ended_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A note that staff must see."""

    text: str
    until: date | None = None
    must_confirm: bool = False
    """Whether booking asks for `y`."""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class ProfileDraft:
    """What a clerk may change of a patient."""

    last_name: str
    first_name: str
    birth_date: date
    sex: Sex = Sex.UNKNOWN
    phones: tuple[Phone, ...] = ()
    email: str | None = None
    preferred_provider_id: int | None = None
    note: str = ""
    consent: frozenset[Channel] = frozenset()
    """Channels whose consent stands after the save."""
    consent_how: ConsentHow = ConsentHow.IN_PERSON
    """How what changes of it was given or ended."""
    active: bool = True
    inactive_reason: str = ""
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PatientDraft(ProfileDraft):
    """What the New Patient form or an import produces."""

    record_number: str | None = None
    """Given by an import; else the clinic's next."""
    former_names: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    """(system, value), each unique: what makes an import repeatable."""


@dataclass(frozen=True, kw_only=True)
class PatientName:
    """What identifies a patient in a list: shown at every pick."""

    id: int
    public_id: str
    record_number: str
    last_name: str
    first_name: str
    birth_date: date
    phone: str = ""
    """First phone as typed, else empty."""
    active: bool = True

    @property
    def name(self) -> Shown:
        """`RUIZ, Ana`, as on every screen."""
        return shown_name(self.last_name, self.first_name)

    @property
    def phone_tail(self) -> str:
        """Last four digits of the phone."""
        return "".join(c for c in self.phone if c.isdigit())[-4:]


@dataclass(frozen=True, kw_only=True)
class Patient(PatientName):
    """The whole record as the desk reads it."""

    sex: Sex = Sex.UNKNOWN
    phones: tuple[Phone, ...] = ()
    email: str | None = None
    preferred_provider_id: int | None = None
    note: str = ""
    inactive_reason: str = ""
    former_names: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    consents: tuple[Consent, ...] = ()
    enrolled: bool = False
    """Whether an online account is joined to this patient now."""
    version: int = 1

    def consents_to(self, channel: Channel) -> bool:
        """Tell whether a consent for the channel stands."""
        return any(c.channel is channel and c.ended_at is None for c in self.consents)

    @property
    def consent_word(self) -> str:
        """`yes`, `no`, `texts only` or `email only`."""
        return consent_word({c.channel for c in self.consents if c.ended_at is None})


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What the schedule shows of a patient beside the name."""

    consents: frozenset[Channel] = frozenset()
    """Channels whose consent stands."""
    enrolled: bool = False
    """Whether an online account is joined to this patient now."""
    invitation: InvitationState | None = None
    """State of the last invitation."""
    alerts: tuple[Alert, ...] = ()

    @property
    def online_word(self) -> str:
        """`enrolled`, `invited`, `not invited`, or what became of the last invitation."""
        if self.enrolled:
            return InvitationState.ENROLLED.value
        if self.invitation is None:
            return "not invited"
        if self.invitation in LIVE:
            return "invited"
        return f"{'enrollment' if self.invitation is InvitationState.ENDED else 'invitation'} {self.invitation.value}"

    @property
    def consent_word(self) -> str:
        """`yes`, `no`, `texts only` or `email only`."""
        return consent_word(self.consents)


def consent_word(standing: Collection[Channel]) -> str:
    """Return `yes`, `no`, `texts only` or `email only`."""
    match Channel.EMAIL in standing, Channel.TEXT in standing:
        case True, True:
            return "yes"
        case True, False:
            return "email only"
        case False, True:
            return "texts only"
    return "no"


def shown_name(last_name: str, first_name: str) -> Shown:
    """Return `RUIZ, Ana`; the surname alone when there is no first name."""
    last = last_name.upper()
    return safe(f"{last}, {first_name}" if first_name else last)
