"""Bringing files of other systems in: a plan that is only shown, then one transaction."""

from collections.abc import Mapping
from functools import partial

from sqlalchemy.orm import Session

from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.staff import Act
from ctfront.services.import_appointments import AppointmentPlan, plan_appointments
from ctfront.services.import_people import (
    PatientPlan,
    ProviderPlan,
    plan_patients,
    plan_providers,
    write_patients,
    write_providers,
)
from ctfront.services.import_plan import ImportOptions, ImportPlan, Progress
from ctfront.services.import_writing import write_appointments

PLANS = {"patients": plan_patients, "providers": plan_providers, "appointments": plan_appointments}
"""By what a file holds."""


class Importing:
    """Imports for one clinic."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self._clinic = clinic

    async def plan(
        self,
        act: Act,
        kind: str,
        data: bytes,
        *,
        mapped: Mapping[str, str] | None = None,
        options: ImportOptions | None = None,
    ) -> ImportPlan:
        """Stage and check a file without writing anything. Raises `NotAllowed` or `InputRefused`."""
        options = options or ImportOptions()
        return await PLANS[kind](self._database, self._clinic, act, data, dict(mapped or {}), options)

    async def apply(self, act: Act, plan: ImportPlan, *, progress: Progress = lambda rows: None) -> None:
        """Write a plan in one transaction. `progress` is called from the database thread."""
        await self._database.write(partial(self._write, act, plan, progress))

    def _write(self, act: Act, plan: ImportPlan, progress: Progress, session: Session) -> None:
        match plan:
            case PatientPlan():
                write_patients(session, self._clinic, act, plan, progress)
            case ProviderPlan():
                write_providers(session, self._clinic, act, plan, progress)
            case AppointmentPlan():
                write_appointments(session, self._clinic, act, plan, progress)
