"""What every part of the Online Appointments site stands on: the database, the clinic as it is now, the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.errors import NotFound
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.mail.links import LinkKey

How = ParamSpec("How")
Result = TypeVar("Result")

SITE_NAME = "Online Appointments"
"""Who acts where nobody is logged in."""


@dataclass(frozen=True, kw_only=True)
class Practice:
    """The clinic as its patients see it."""

    clinic: Clinic
    site: Site


@dataclass(frozen=True, kw_only=True)
class Front:
    """The way from the site to the clinic."""

    database: Database
    clinic_id: int
    clock: Callable[[], datetime]
    key: LinkKey = field(repr=False)

    async def practice(self) -> Practice:
        """Return the clinic as it is set up now. Raises `NotFound` when there is none."""
        async with self.database.reading() as session:
            clinic = await clinics.read_clinic(session, self.clinic_id)
            if clinic is None:
                raise NotFound("This database holds no clinic yet.")
            return Practice(clinic=clinic, site=(await clinics.read_sites(session, self.clinic_id))[0])

    def act(self, *, origin: str, who: Actor | None = None, op_id: str = "") -> Act:
        """Frame a change; `origin` is the visitor's network address."""
        who = who or Actor(kind=ActorKind.SYSTEM, id=None, name=SITE_NAME, origin=origin)
        return Act(who=who, at=self.clock(), op_id=op_id or str(uuid4()))

    async def write(
        self,
        act_on: Callable[Concatenate[Session, Clinic, Act, How], Result],
        act: Act,
        *what: How.args,
        **how: How.kwargs,
    ) -> Result:
        """Run an act as one transaction, with the clinic as it is in it."""

        def do(session: Session) -> Result:
            clinic = clinics.load_clinic(session, self.clinic_id)
            assert clinic is not None, "a clinic is never taken away"
            return act_on(session, clinic, act, *what, **how)

        return await self.database.write(do)
