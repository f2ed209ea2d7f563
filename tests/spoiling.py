"""Text put past all checks into every column of a clinic that anything shows."""

import sqlite3
from pathlib import Path

COLUMNS = {
    "clinic": ("name",),
    "site": ("name", "address", "phone"),
    "staff": ("name", "short_name", "os_user"),
    "provider": ("name",),
    "visit_purpose": ("name", "letter", "color"),
    "office_hours": ("break_label",),
    "patient": ("last_name", "first_name", "note", "email", "inactive_reason", "record_number"),
    "patient_phone": ("number", "kind"),
    "patient_name": ("name",),
    "patient_alert": ("text", "by_name"),
    "consent": ("given_name",),
    "event": ("text",),
    "appointment": ("note", "cancel_reason", "asked_by", "by_name"),
    "appointment_status": ("reason", "by_name"),
    "act": ("sentence", "by_name"),
}

UNIQUE = {("staff", "short_name"), ("staff", "os_user"), ("provider", "name"), ("visit_purpose", "name"),
          ("patient", "record_number")}  # fmt: skip

BESIDE = (
    "INSERT INTO patient_name (clinic_id, patient_id, kind, name, folded_last, fold_version) "
    "SELECT clinic_id, id, 'former', '', folded_last, 1 FROM patient",
    "INSERT INTO patient_alert (clinic_id, patient_id, text, shown_when, must_confirm, "
    "by_kind, by_id, by_name, made_at) "
    "SELECT clinic_id, id, '', 'always', 0, 'staff', 1, '', 0 FROM patient",
    "INSERT INTO consent (clinic_id, patient_id, channel, given_at, given_how, given_kind, given_id, given_name) "
    "SELECT clinic_id, id, 'email', 0, 'phone', 'staff', 1, '' FROM patient",
)
"""Rows that the small clinic has none of."""


def spoil(path: Path, text: str) -> None:
    """Put the text everywhere; where values are unique, with the row's number behind it."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in BESIDE:
            connection.execute(statement)
        for table, columns in COLUMNS.items():
            for column in columns:
                value = "? || id" if (table, column) in UNIQUE else "?"
                where = f"WHERE {column} IS NOT NULL" if column == "break_label" else ""
                connection.execute(f"UPDATE {table} SET {column} = {value} {where}", (text,))
    connection.close()
