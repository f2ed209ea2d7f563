"""CSV files as they come: bytes to text, usual header names to fields, cells to values."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from ctfront.domain.clinic import DateOrder
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.dates import read_birth_date, read_date
from ctfront.domain.patients import Sex
from ctfront.domain.text import Shown, brief, safe

Names = Mapping[str, tuple[str, ...]]
"""Field → usual header names, folded, the likeliest first."""

PATIENT_FIELDS: Names = {
    "id": ("publicid", "id", "patientid", "patient", "externalid", "accountnumber", "account"),
    "last_name": ("lastname", "last", "surname", "familyname", "family"),
    "first_name": ("firstname", "first", "givenname", "given", "forename"),
    "name": ("name", "patientname", "fullname"),
    "birth_date": ("birthdate", "dob", "dateofbirth", "born", "birthday"),
    "sex": ("sex", "gender"),
    "mobile": ("mobile", "mobilephone", "cell", "cellphone", "phone", "telephone", "phonenumber"),
    "home": ("home", "homephone"),
    "work": ("work", "workphone"),
    "email": ("email", "emailaddress", "mail"),
    "note": ("note", "notes", "comment", "comments"),
    "record_number": ("recordnumber", "record", "chart", "chartnumber", "mrn", "patientnumber"),
    "former_names": ("formernames", "formername", "maiden", "maidenname"),
    "died": ("deathdate", "died", "dateofdeath"),
    "active": ("active", "isactive"),
    "inactive_reason": ("inactivereason",),
    "consent_email": ("consentemail", "emailconsent", "emailok"),
    "consent_text": ("consenttext", "textconsent", "smsconsent", "textok"),
}

PROVIDER_FIELDS: Names = {
    "id": ("id", "providerid", "npi"),
    "name": ("name", "providername", "provider", "clinician", "doctor"),
}

APPOINTMENT_FIELDS: Names = {
    "id": ("id", "appointmentid", "encounterid"),
    "number": ("number", "daynumber"),
    "start": ("start", "starttime", "startsat", "begin", "datetime", "appointmenttime"),
    "date": ("date", "appointmentdate", "day"),
    "time": ("time", "timeofday"),
    "stop": ("stop", "end", "endtime", "endsat", "finish"),
    "minutes": ("minutes", "duration", "length"),
    "patient": ("patientid", "patient", "record", "recordnumber", "chart", "mrn"),
    "provider": ("providerid", "provider", "clinician", "doctor"),
    "purpose": ("purpose", "visitpurpose", "type", "appointmenttype", "reason", "description", "service"),
    "class": ("encounterclass", "class"),
    "status": ("status", "state"),
    "origin": ("origin",),
    "note": ("note", "notes", "comment"),
    "cancel_reason": ("cancelreason",),
    "asked_by": ("askedby",),
    "overbooked": ("overbooked",),
    "replaces": ("replaces",),
}

CELL_LIMIT = 4000
"""Longest cell, in characters, that is read at all; each field has its own, smaller limit."""


@dataclass(frozen=True, kw_only=True)
class CsvRow:
    """One row by field; a field whose column is missing is empty."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "").strip()


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """A file with its columns recognised."""

    columns: Mapping[str, str]
    """Field → header as the file has it."""
    unused: tuple[str, ...]
    """Headers that mean nothing here."""
    rows: tuple[CsvRow, ...]

    def column(self, field: str) -> str:
        """Return the header that a field came from, for naming it in a refusal."""
        return self.columns.get(field, field)


def read_table(data: bytes, names: Names, mapped: Mapping[str, str]) -> CsvTable:
    """Read a file with a header line. Raises `InputRefused` when it is no such file."""
    lines = _lines(decode(data))
    header = next(lines, None)
    if header is None or not any(cell.strip() for cell in header[1]):
        raise InputRefused("The file is empty; its first line names the columns.", field="file")
    headers = [cell.strip() for cell in header[1]]
    places = recognise(headers, names, mapped)
    rows = tuple(
        CsvRow(line=line, cells={field: unguarded(cells[at]) for field, at in places.items() if at < len(cells)})
        for line, cells in lines
        if any(cell.strip() for cell in cells)
    )
    used = set(places.values())
    return CsvTable(
        columns={field: headers[at] for field, at in places.items()},
        unused=tuple(name for at, name in enumerate(headers) if at not in used),
        rows=rows,
    )


def decode(data: bytes) -> str:
    """Return the text of UTF-8 with or without BOM, or of cp1252. Raises `InputRefused`."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data:
        raise InputRefused("The file is not CSV in UTF-8 or Windows encoding; save it as CSV UTF-8.", field="file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise InputRefused("The file is neither UTF-8 nor Windows text; save it as CSV UTF-8.", field="file") from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line that it begins on."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputRefused(f"The file is not CSV from line {line} on: {error}.", field="file") from None


def folded(name: str) -> str:
    """Return a header as it is compared."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def recognise(headers: Sequence[str], names: Names, mapped: Mapping[str, str]) -> dict[str, int]:
    """Return the place of each field's column, as mapped or by its usual names. Raises `InputRefused`."""
    at = {folded(name): place for place, name in reversed(list(enumerate(headers)))}
    places: dict[str, int] = {}
    for field, column in mapped.items():
        if field not in names:
            raise InputRefused(f"--map knows no “{brief(field)}”; the fields are {', '.join(names)}.", field="map")
        if folded(column) not in at:
            raise InputRefused(f"The file has no column “{brief(column)}”.", field="map")
        places[field] = at[folded(column)]
    taken = set(places.values())
    for field, usual in names.items():
        free = (at[name] for name in usual if name in at and at[name] not in taken)
        if field not in places and (place := next(free, None)) is not None:
            places[field] = place
            taken.add(place)
    return places


# -- cells

_FORMULA = re.compile(r"'*[=+\-@]")


def guarded(value: object) -> Shown:
    """Return a value as a cell that a spreadsheet takes for text: never a control, never a formula."""
    text = safe(str(value))
    return safe(f"'{text}") if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def checked_cell(text: str, field: str) -> str:
    """Return the cell. Raises `InputRefused` when it is longer than anything that fits."""
    if len(text) > CELL_LIMIT:
        raise InputRefused(f"It is {len(text):,} characters long; {CELL_LIMIT:,} fit.", field=field)
    return text


def read_day(text: str, order: DateOrder, today: date, field: str) -> date:
    """Read a birth date or another day of the past, ISO or in the clinic's order."""
    if re.match(r"\d{4}-\d\d?-\d\d?", text):
        return _iso(text, field).date()
    try:
        return read_birth_date(text, today=today, order=order)
    except InputRefused as refusal:
        raise InputRefused(str(refusal), field=field) from None


def read_moment(text: str, order: DateOrder, today: date, field: str) -> datetime:
    """Read a date and time: ISO, with an offset or on the clinic's clock, or a date in its order and a time."""
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return _iso(text, field)
    day, _, clock = text.partition(" ")
    if not clock:
        raise InputRefused(f"“{brief(text)}” is no date and time.", field=field)
    try:
        found = read_date(day, today=today, at_hand=today, order=order)
    except InputRefused as refusal:
        raise InputRefused(str(refusal), field=field) from None
    return datetime.combine(found, read_clock(clock, field))


def _iso(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InputRefused(f"“{brief(text)}” is no date that exists.", field=field) from None


def read_clock(text: str, field: str) -> time:
    """Read `8:05`, `08:05:30` or `8:05 AM`."""
    for form in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p"):
        try:
            return datetime.strptime(text.strip().upper(), form).time()
        except ValueError:
            continue
    raise InputRefused(f"“{brief(text)}” is no time.", field=field)


def read_sex(text: str) -> Sex:
    """Read M, F, male, female; whatever else is said is `other`."""
    match text.casefold()[:1]:
        case "":
            return Sex.UNKNOWN
        case "f" | "w":
            return Sex.FEMALE
        case "m":
            return Sex.MALE
        case "u":
            return Sex.UNKNOWN
    return Sex.OTHER


def read_yes(text: str, field: str, *, default: bool = False) -> bool:
    """Read yes and no in the ways that programs write them."""
    match text.casefold():
        case "":
            return default
        case "yes" | "y" | "true" | "t" | "1" | "x":
            return True
        case "no" | "n" | "false" | "f" | "0":
            return False
    raise InputRefused(f"“{brief(text)}” is neither yes nor no.", field=field)


def read_number(text: str, field: str, *, most: int) -> int | None:
    """Read a whole number from 1 to `most`, None for an empty cell."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= most:
        raise InputRefused(f"“{brief(text)}” is no whole number from 1 to {most:,}.", field=field)
    return int(text)
