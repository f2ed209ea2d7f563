"""What Patient Access reads: the keys of a list in order, the rows in view, and what changes in them."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work

from ctfront.domain.errors import ClinicError
from ctfront.domain.patient_access import SORTS, AccessList, AccessRow
from ctfront.screens.desk_screen import DeskScreen
from ctfront.services.inviting import Inviting
from ctfront.services.patient_access import PAGE, PatientAccess
from ctfront.widgets.row_list import RowList


class AccessReading(DeskScreen):
    """The list in view as it was read; the screen shows it."""

    NAME: ClassVar[str] = "PATIENT ACCESS"

    def __init__(self, patient_access: PatientAccess, inviting: Inviting) -> None:
        super().__init__()
        self.patient_access = patient_access
        self.inviting = inviting
        self.shown = AccessList.INVITED
        self.sort = SORTS[self.shown][0]
        self.with_inactive = False
        self.narrow = ""
        self.keys: tuple[int, ...] = ()
        self.is_whole = False
        """Whether the keys are all of the list, not only those of its first page."""
        self.known: dict[int, AccessRow] = {}
        """Rows that were read: those in view and around them."""
        self.acted: set[int] = set()
        """Rows something was done to since the list was opened: they stay where they are."""
        self.results: dict[int, str] = {}
        """What came of the last sending, by row."""
        self.banner = ""
        """Why mail waits."""
        self.seen = 0
        """The newest change that is in what is shown."""
        self.readings = 0
        """Counts what was read and shown: a look that began before gives way."""
        self.asked_for: Callable[[], object] | None = None
        """Opens whoever was asked for and is not shown yet; outlives a reading that was given up."""

    @property
    def rows(self) -> RowList[int]:
        """The list in view."""
        return self.query_one(RowList)

    def show_list(self) -> None:
        """Show the list from what was read."""
        raise NotImplementedError

    # -- the list

    @work(group="load", exclusive=True)
    async def reload(self) -> None:
        """Read again, keeping the cursor."""
        await self.load(keep=bool(self.acted), anew=not self.keys)

    async def read_again(self) -> None:
        """Read the rows again after an act was taken back, each where it stands."""
        self.results.clear()
        await self.load(keep=True)

    async def load(self, *, keep: bool = False, anew: bool = False, go_to: int | None = None) -> None:
        """Read the list in view, or with `keep` only its rows; the cursor goes to the row given.

        A list opened `anew` shows its first page as soon as that is read.
        """
        asked, readings = self._asked(), self.readings
        try:
            if anew:
                await self._show_first_page()
            seen = await self.patient_access.newest_change()
            keys = self.keys if keep else self._with_acted(await self._read_keys())
            start = keys.index(go_to) if go_to in keys else self.rows.first_row
            known = await self._read(self._around(keys, start))
            banner = await self.desk.mail_banner()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if asked != self._asked():
            return  # another list was asked for meanwhile
        if readings != self.readings:  # an act was shown meanwhile, which this reading may not hold yet
            await self.load(keep=keep, go_to=go_to)
            return
        self.keys, self.known, self.seen, self.banner = keys, known, seen, banner
        self.is_whole = self.is_whole or not keep
        self.readings += 1
        self.show_list()
        if go_to is not None and not self.desk.gone_on():
            self.rows.go_to(go_to)

    def _asked(self) -> tuple[AccessList, object, bool, str]:
        return self.shown, self.sort, self.with_inactive, self.narrow

    async def _show_first_page(self) -> None:
        page = await self.patient_access.first_page(
            self.shown, sort=self.sort, with_inactive=self.with_inactive, now=self.desk.now
        )
        self.keys, self.known, self.is_whole = tuple(page), page, False
        self.show_list()
        self.rows.move_to(0)

    async def _read_keys(self) -> tuple[int, ...]:
        return await self.patient_access.keys(
            self.shown,
            sort=self.sort,
            with_inactive=self.with_inactive,
            now=self.desk.now,
            narrow=self.narrow,
            also=self.acted,
        )

    def _with_acted(self, keys: tuple[int, ...]) -> tuple[int, ...]:
        """Put rows that something was done to where they stood: the next key meets the same one."""
        stay = {key: place for place, key in enumerate(self.keys) if key in self.acted and key in keys}
        merged = [key for key in keys if key not in stay]
        for key, place in stay.items():
            merged.insert(min(place, len(merged)), key)
        return tuple(merged)

    # -- the rows

    @staticmethod
    def _around(keys: Sequence[int], row: int) -> tuple[int, ...]:
        """Return the keys of a page around a row."""
        first = max(0, row - PAGE // 4)
        return tuple(keys[first : first + PAGE])

    async def _read(self, keys: Sequence[int]) -> dict[int, AccessRow]:
        return await self.patient_access.rows(self.shown, keys, now=self.desk.now)

    async def read_row(self, key: int) -> None:
        """Read one row again and show it where it stands."""
        if key in self.keys:
            self.acted.add(key)
        self.results.pop(key, None)
        try:
            self.known |= await self._read((key,))
        except ClinicError as refusal:
            self.say(str(refusal))
        self.readings += 1
        self.show_list()

    async def show_changes(self, patient_id: int) -> None:
        """Show what an act of the command line has done to a patient, whose row stays if it was there."""
        if patient_id in self.keys:
            await self.read_row(patient_id)
        else:
            await self.load()

    @work(group="more")
    async def read_more(self) -> None:
        """Read the rows in view and around them."""
        shown, keys = self.shown, self._around(self.keys, self.rows.first_row)
        try:
            known = await self._read([key for key in keys if key not in self.known])
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if shown is self.shown:
            self.known = known | self.known
            self.show_list()

    # -- what others do

    def look_out(self) -> None:
        """Look for changes while the screen is in view, unless the last look is still under way."""
        if self.is_current and (self.watching is None or self.watching.is_finished):
            self.watching = self.watch_others()

    @work(group="watch")
    async def watch_others(self) -> None:
        """Show anew what has changed in the rows in view; no row comes, goes or moves."""
        readings = self.readings
        try:
            newest = await self.patient_access.newest_change()
            if newest == self.seen or not self.keys or not self.query(RowList):  # gone when the app was left meanwhile
                return
            known = await self._read(self._around(self.keys, self.rows.first_row))
        except ClinicError:
            return  # the next act says so; a watcher has nobody to tell
        if readings == self.readings and self.query(RowList):
            self.seen = newest
            self.known |= known
            self.show_list()
            await self.desk.count_news()
