"""Pages from templates: everything is escaped, and dates and times are said as patients say them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ctfront.domain.clinic import DateOrder
from ctfront.domain.online import say_time, say_zone
from ctfront.domain.text import safe
from ctfront.domain.times import show_date

if TYPE_CHECKING:
    from ctfront.online.visits import Visit

FOLDER = Path(__file__).with_name("templates")

PARTS = ("error_summary", "field", "birth_date", "carried", "call_us")
"""Pieces that every page may be made of, in fields.html."""


class Pages:
    """The site's templates."""

    def __init__(self) -> None:
        self.style = (FOLDER / "style.css").read_bytes()
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_shown,
        )
        self._environment.filters.update(day=show_date, clock=say_time, zone=say_zone, dial=dial)
        parts = self._environment.get_template("fields.html").module
        self._environment.globals.update({name: getattr(parts, name) for name in PARTS})

    def render(self, name: str, visit: "Visit", values: Mapping[str, Any]) -> str:
        """Return a page."""
        return self._environment.get_template(f"{name}.html").render(
            {
                "clinic": visit.practice.clinic,
                "site": visit.practice.site,
                "who": visit.who,
                "token": visit.form_token,
                "month_first": visit.practice.clinic.date_order is DateOrder.MONTH_FIRST,
                "errors": {},
                "form": {},
                **values,
            }
        )


def _shown(value: Any) -> Any:
    """Return what a template shows: data in its harmless form, before it is escaped."""
    return safe(value) if type(value) is str else value


def dial(phone: str) -> str:
    """Return a phone number as a link dials it."""
    return "".join(c for c in phone if c.isascii() and (c.isdigit() or c == "+"))
