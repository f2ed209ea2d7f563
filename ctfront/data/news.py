"""The news that acts leave for other desks: which days changed, and whether set-up may have."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select

from ctfront.data.database import Reader
from ctfront.data.models import ChangeRow

OF_A_DAY = frozenset(
    {"book", "move", "reschedule", "cancel", "delete", "mark", "edit", "add_event", "remove_event", "hold"}
)
"""What changes the schedule of a day and surely nothing of set-up."""

OF_PATIENTS = frozenset(
    {
        "add_patient", "edit_patient", "relate", "invite", "replace_invitation", "remove_invitation",
        "invitation_expired",
        "enroll", "end_enrollment", "enroll_request", "decline_request", "request_enrollment", "lock_invitation",
        "mail_sent", "mail_failed", "mail_delayed", "mail_withheld", "mail_settled", "mail_stopped", "mail_started",
        "mail_key_taken", "template_failed", "template_mended", "waitlist",
        "merge_patients", "part_patients", "not_same",
        "opt_out", "reset_password", "link_mail_sent",
        "link_mail_failed", "link_mail_delayed", "link_mail_withheld",
    }
)  # fmt: skip
"""Acts about patients, their invitations and the mail, and surely nothing of set-up; many of them in a batch."""

_CHANGE = ChangeRow.__table__.c
_NEWEST = select(func.max(_CHANGE.id)).where(_CHANGE.clinic_id == bindparam("clinic_id"))
_SINCE = (
    select(_CHANGE.day, _CHANGE.kind, func.max(_CHANGE.id).label("newest"))
    .where(_CHANGE.clinic_id == bindparam("clinic_id"), _CHANGE.id > bindparam("change_id"))
    .group_by(_CHANGE.day, _CHANGE.kind)
)


_OF_PATIENTS_SINCE = (
    select(_CHANGE.subject_id)
    .where(
        _CHANGE.clinic_id == bindparam("clinic_id"),
        _CHANGE.id > bindparam("change_id"),
        _CHANGE.kind.in_(sorted(OF_PATIENTS)),
        _CHANGE.subject_id.is_not(None),
    )
    .distinct()
)


@dataclass(frozen=True, kw_only=True)
class News:
    """What came in since a change."""

    newest: int
    """The newest change_log id."""
    days: frozenset[date]
    """Days whose schedule changed."""
    of_days_only: bool
    """Whether providers, hours and purposes are surely as they were."""


async def read_newest(reader: Reader, clinic_id: int) -> int:
    """Return the newest change_log id, 0 when there is none."""
    return (await reader.execute(_NEWEST, {"clinic_id": clinic_id})).scalar() or 0


async def read_since(reader: Reader, clinic_id: int, change_id: int) -> News:
    """Return what came in after `change_id`."""
    rows = (await reader.execute(_SINCE, {"clinic_id": clinic_id, "change_id": change_id})).all()
    return News(
        newest=max((row.newest for row in rows), default=change_id),
        days=frozenset(row.day for row in rows if row.day is not None),
        of_days_only=all(row.kind in OF_A_DAY | OF_PATIENTS for row in rows),
    )


async def read_patients_since(reader: Reader, clinic_id: int, change_id: int) -> frozenset[int]:
    """Return of whom something changed after `change_id`; a few ids may be of other things than patients."""
    rows = await reader.execute(_OF_PATIENTS_SINCE, {"clinic_id": clinic_id, "change_id": change_id})
    return frozenset(rows.scalars())
