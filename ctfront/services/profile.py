"""The patient's profile: one edit is one act; consent is kept as dated records, and two clerks never overwrite."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger, profiles
from ctfront.data.clinic import load_provider
from ctfront.data.database import Database
from ctfront.data.models import ActRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused
from ctfront.domain.invitations import REMOVABLE, InvitationState
from ctfront.domain.patients import Alert, Channel, ConsentHow, Patient, Phone, ProfileDraft, Sex
from ctfront.domain.profile import FIELDS, PatientChanged, changed_fields, changes_of, profile_of, put
from ctfront.domain.staff import Act, Right
from ctfront.domain.times import wall_clock
from ctfront.services.patients import checked_profile

STEPS_LEFT = "Saved. Left in Patient Access (r): remove the old invitation, send a new one."
"""What is still to do once an invited patient's address was changed."""

SENDING_LEFT = "Saved. Left in Patient Access (r): send a new invitation; the old one is removed."
REMOVING_LEFT = "Saved. Left in Patient Access (r): remove the old invitation."

NOTHING = "Nothing was changed."

UNTOUCHED = ProfileDraft(last_name="-x-", first_name="", birth_date=date(2000, 1, 1))
"""Stands for the fields that a clerk leaves alone while the others are checked."""

MOST_NAMED = 3
"""Fields that the sentence names; more are counted."""


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A profile that was saved."""

    patient: Patient
    sentence: str
    """What the clerk reads, with the steps left."""


class Profiles:
    """Editing the clinic's patients."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def edit(self, act: Act, draft: ProfileDraft, *, base: Patient) -> Edited:
        """Save a patient's profile; see `edit_patient` for what it raises."""

        def edit(session: Session) -> Edited:
            sentence = edit_patient(session, self.clinic, act, base.id, draft, base=base)
            return Edited(
                patient=profiles.load(session, profiles.lock(session, self.clinic.id, base.id)), sentence=sentence
            )

        return await self._database.write(edit)


def edit_patient(
    session: Session, clinic: Clinic, act: Act, patient_id: int, draft: ProfileDraft, *, base: Patient
) -> str:
    """Save what the draft changes of the record that the form was opened with; return the sentence for the clerk.

    Raises `InputRefused` naming the field, and `PatientChanged` when a colleague has changed the patient since:
    with both versions, so that the clerk can join them and save again on top of the colleague's.
    """
    if ledger.repeated(session, act):
        return _repeated(session, clinic, act)
    act.who.require(Right.EDIT_PATIENT)
    row = profiles.lock(session, clinic.id, patient_id)
    now = profiles.load(session, row)
    opened, stands = profile_of(base), profile_of(now)
    clean = _checked(opened, draft, today=wall_clock(act.at, clinic.zone).date())
    names = changed_fields(stands, clean)
    if not names or not changed_fields(opened, clean):
        return NOTHING
    if changed_fields(opened, stands):  # asked whatever the version is: a patient may opt out without a save
        saved = profiles.last_saved(session, clinic.id, patient_id) if now.version != base.version else None
        who, at = saved or ("Somebody else", act.at)
        raise PatientChanged(who=who, at=at, now=act.at, theirs=now, changes=changes_of(opened, stands, clean))
    if "preferred_provider_id" in names and clean.preferred_provider_id is not None:
        load_provider(session, clinic.id, clean.preferred_provider_id)
    profiles.write(session, act, row, clean, names)
    words = [FIELDS[name][0].lower() for name in names]
    said = f"Saved {now.name}: {', '.join(words) if len(words) <= MOST_NAMED else f'{len(words)} fields'}"
    before = plain(stands, names)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="edit_patient",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"{said}.",
        before=before,
        after=plain(clean, names),
        undo={
            "profile": {
                "before": before,
                "how": clean.consent_how.value,
                "patient": patient_id,
                "version": row.version,
                "was": now.version,
            }
        },
    )
    return _sentence(session, clinic, act, patient_id, f"{said}.", email_changed="email" in names)


def change_email(session: Session, clinic: Clinic, act: Act, patient_id: int, email: str) -> str:
    """Save another address on the record as it stands; return the sentence. Raises as `edit_patient` does."""
    base = profiles.load(session, profiles.lock(session, clinic.id, patient_id))
    return edit_patient(session, clinic, act, patient_id, replace(profile_of(base), email=email), base=base)


def _checked(opened: ProfileDraft, draft: ProfileDraft, *, today: date) -> ProfileDraft:
    """Return the draft as it is stored; fields left alone are not judged anew, whatever an import once brought.

    Who is made inactive has a reason, who is active none. Raises `InputRefused`.
    """
    draft = replace(draft, alerts=tuple(replace(alert, by="") for alert in draft.alerts))
    touched = changed_fields(opened, draft)
    clean = put(opened, checked_profile(put(UNTOUCHED, draft, touched), today=today), touched)
    if "active" not in touched:
        return clean
    if clean.active:
        return replace(clean, inactive_reason="")
    if opened.active and not clean.inactive_reason:
        raise InputRefused("Say why the patient is made inactive.", field="inactive_reason")
    return clean


def _sentence(session: Session, clinic: Clinic, act: Act, patient_id: int, said: str, *, email_changed: bool) -> str:
    """Return what was saved, or the steps left when the last invitation went to another address."""
    if email_changed and clinic.online:
        access = invitations.load_access(session, clinic.id, patient_id, now=act.at, zone=clinic.tz)
        if access.standing.stale and (left := _steps_left(access.standing.state, access.reach.email)):
            return left
    return f"{said} u takes it back."


def _steps_left(state: InvitationState | None, email: str | None) -> str:
    if state is InvitationState.REMOVED:
        return SENDING_LEFT if email else ""
    if state in REMOVABLE:
        return STEPS_LEFT if email else REMOVING_LEFT
    return ""


def _repeated(session: Session, clinic: Clinic, act: Act) -> str:
    """Return what the same act said when it was done."""
    done = session.get_one(ActRow, act.op_id)
    before = json.loads(done.undo or "{}").get("profile", {}).get("before", {})
    return _sentence(session, clinic, act, done.subject_id or 0, done.sentence, email_changed="email" in before)


def put_back(session: Session, clinic: Clinic, act: Act, last: ActRow, kept: Mapping[str, Any]) -> None:
    """Take an edit back: the fields as they were; a consent given is ended, one ended is given anew in its own row.

    Raises `ChangedElsewhere` when somebody has saved the patient since.
    """
    row = profiles.lock(session, clinic.id, kept["patient"])
    if row.version != kept["version"]:
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    before = kept["before"]
    was = put(profile_of(profiles.load(session, row)), _revived(before, ConsentHow(kept["how"])), before)
    profiles.write(session, act, row, was, before, revive=True)
    ledger.renew_undo(
        session,
        clinic.id,
        last,
        known=f'"patient":{row.id},"version":{kept["was"]},',
        renewed=f'"patient":{row.id},"version":{row.version},',
    )


# -- as it is kept beside the act


def plain(profile: ProfileDraft, names: Iterable[str]) -> dict[str, Any]:
    """Return the named fields as JSON takes them."""
    return {name: _plain_value(profile, name) for name in names}


def _plain_value(profile: ProfileDraft, name: str) -> Any:
    match name:
        case "phones":
            return [[phone.kind, phone.number, phone.e164] for phone in profile.phones]
        case "alerts":
            return [[a.text, a.until.isoformat() if a.until else None, a.must_confirm] for a in profile.alerts]
        case "consent":
            return sorted(profile.consent)
        case "active":
            return [profile.active, profile.inactive_reason]
        case "birth_date":
            return profile.birth_date.isoformat()
    return getattr(profile, name)


def _revived(kept: Mapping[str, Any], how: ConsentHow) -> ProfileDraft:
    """Return what was kept, as the fields of a profile; the others are empty."""
    active, reason = kept.get("active", (True, ""))
    return ProfileDraft(
        last_name=kept.get("last_name", ""),
        first_name=kept.get("first_name", ""),
        birth_date=date.fromisoformat(kept.get("birth_date", "1900-01-01")),
        sex=Sex(kept.get("sex", "")),
        phones=tuple(Phone(kind=k, number=n, e164=e) for k, n, e in kept.get("phones", ())),
        email=kept.get("email"),
        preferred_provider_id=kept.get("preferred_provider_id"),
        note=kept.get("note", ""),
        consent=frozenset(Channel(channel) for channel in kept.get("consent", ())),
        consent_how=how,
        active=active,
        inactive_reason=reason,
        alerts=tuple(
            Alert(text=text, until=date.fromisoformat(until) if until else None, must_confirm=must)
            for text, until, must in kept.get("alerts", ())
        ),
    )
