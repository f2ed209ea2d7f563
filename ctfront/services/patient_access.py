"""Patient Access as the desk uses it: the four lists, requests, and the end of an enrollment."""

from collections.abc import Collection
from datetime import datetime

from ctfront.data import news, patient_access, patient_search
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.patient_access import AccessList, AccessRow, Candidate, EnrollmentRequest, Sort
from ctfront.domain.patient_query import EmptyQuery, read_patient_query
from ctfront.domain.staff import Act
from ctfront.services import enrolling

MOST_NARROWED = 1_000
"""Patients that a narrowing may leave; typing on leaves fewer."""

FIRST_PAGE = 48
"""Rows read before anything else of a list: more than most windows hold."""

PAGE = 120
"""Rows read at once around the cursor."""


class PatientAccess:
    """The lists and what is done from them only; every method is one reading or one act."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def first_page(
        self, shown: AccessList, *, sort: Sort, with_inactive: bool, now: datetime
    ) -> dict[int, AccessRow]:
        """Return the first rows of a list in order: what is seen while the rest is being read."""
        async with self._database.reading() as session:
            keys = await patient_access.read_keys(
                session, self.clinic.id, shown, sort=sort, with_inactive=with_inactive, now=now, limit=FIRST_PAGE
            )
        rows = await self.rows(shown, keys, now=now)
        return {key: rows[key] for key in keys if key in rows}

    async def keys(
        self,
        shown: AccessList,
        *,
        sort: Sort,
        with_inactive: bool,
        now: datetime,
        narrow: str = "",
        also: Collection[int] = (),
    ) -> tuple[int, ...]:
        """Return the keys of a list in order, narrowed to whom the text may mean.

        `also` are rows that stay in view although the list no longer holds them; they come last.
        """
        async with self._database.reading() as session:
            keys = await patient_access.read_keys(
                session, self.clinic.id, shown, sort=sort, with_inactive=with_inactive, now=now
            )
            keys = (*keys, *(key for key in also if key not in keys))
            if not narrow.strip():
                return keys
            if shown is AccessList.REQUESTS:
                rows = await patient_access.read_requests(session, self.clinic.id, keys)
                typed = narrow.strip().casefold()
                return tuple(k for k in keys if k in rows and _mentions(rows[k], typed))
            today = now.astimezone(self.clinic.tz).date()
            query = read_patient_query(narrow, today=today, order=self.clinic.date_order)
            if isinstance(query, EmptyQuery):
                return keys
            found = await patient_search.find(session, self.clinic.id, query, MOST_NARROWED)
        wanted = {name.id for name in found}
        return tuple(key for key in keys if key in wanted)

    async def rows(self, shown: AccessList, keys: Collection[int], *, now: datetime) -> dict[int, AccessRow]:
        """Return what the rows with these keys show."""
        async with self._database.reading() as session:
            if shown is AccessList.REQUESTS:
                return await patient_access.read_requests(session, self.clinic.id, keys)
            return await patient_access.read_rows(session, self.clinic.id, keys, now=now, zone=self.clinic.tz)

    async def newest_change(self) -> int:
        """Return the id of the newest change, by which a screen knows whether to read again."""
        async with self._database.reading() as session:
            return await news.read_newest(session, self.clinic.id)

    async def tickable(self) -> frozenset[int]:
        """Return the never-invited patients who may be invited now."""
        async with self._database.reading() as session:
            return await patient_access.read_tickable(session, self.clinic.id)

    async def candidates(self, request: EnrollmentRequest, *, now: datetime) -> list[Candidate]:
        """Return whom a request may mean, best first."""
        async with self._database.reading() as session:
            return await patient_access.read_candidates(session, self.clinic.id, request, now=now, zone=self.clinic.tz)

    async def end_enrollment(self, act: Act, patient_id: int) -> str:
        """End what books online for the patient and return the sentence."""
        return await self._database.write(
            lambda session: enrolling.end_enrollment(session, self.clinic, act, patient_id)
        )

    async def enroll_request(self, act: Act, request_id: int, patient_id: int) -> str:
        """Enroll the account of a request for the patient it was linked to."""
        return await self._database.write(
            lambda session: enrolling.enroll_request(session, self.clinic, act, request_id, patient_id)
        )

    async def decline_request(self, act: Act, request_id: int, reason: str) -> str:
        """Decline a request."""
        return await self._database.write(
            lambda session: enrolling.decline_request(session, self.clinic, act, request_id, reason)
        )


def _mentions(row: AccessRow, typed: str) -> bool:
    it = row.request
    return it is not None and any(typed in text.casefold() for text in (it.name, it.email, it.phone))
