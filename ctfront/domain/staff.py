"""Who works here, what they may do, and who did an act."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ctfront.domain.errors import NotAllowed


class Right(StrEnum):
    """What a staff member may be allowed; the value is the word a refusal names."""

    BOOK = "book"
    OVERBOOK = "overbook"
    OVERRIDE = "override"
    DELETE = "delete"
    EDIT_PATIENT = "edit patient"
    CORRECT_LATE = "correct late"
    SET_UP = "set-up"
    AUDIT = "audit"


ALL_RIGHTS = frozenset(Right)
FRONT_DESK_RIGHTS = frozenset({Right.BOOK, Right.OVERBOOK, Right.OVERRIDE, Right.DELETE, Right.EDIT_PATIENT})


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A member of staff; never deleted, only made inactive."""

    id: int
    name: str
    short_name: str
    """Unique in the clinic; shown in the title and in Created By."""
    os_user: str | None = None
    rights: frozenset[Right] = frozenset()
    active: bool = True
    version: int = 1


class ActorKind(StrEnum):
    """What kind of someone acts."""

    STAFF = "staff"
    ENROLLMENT = "enrollment"
    IMPORT = "import"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does an act, with the name as it is now and where they sit."""

    kind: ActorKind
    id: int | None
    name: str
    """Short name for staff; kept beside the act so that it survives renames."""
    rights: frozenset[Right] = frozenset()
    os_user: str = ""
    session: str = ""
    """The log-in session, random per start of the program."""
    origin: str = ""
    """Where the session comes from: a host name or address, or `local`."""

    @classmethod
    def enrolled(cls, enrollment_id: int, name: str, *, origin: str = "") -> "Actor":
        """Return a patient who acts through an enrollment."""
        rights = frozenset({Right.BOOK})
        return cls(kind=ActorKind.ENROLLMENT, id=enrollment_id, name=name, rights=rights, origin=origin)

    def require(self, right: Right) -> None:
        """Raise `NotAllowed` naming the right when the actor lacks it."""
        if right not in self.rights:
            raise NotAllowed(
                f"{self.name} may not do that: the right “{right.value}” is needed; a manager can give it."
            )


@dataclass(frozen=True, kw_only=True)
class Act:
    """The frame of one change: who, when, and the id that makes a retry harmless."""

    who: Actor
    at: datetime
    """UTC."""
    op_id: str
    """Unique per act, made by the client."""
    batch_id: str | None = None
    """Joins the acts of one batch."""
