"""What the settings say of mail: where it is handed in, as whom, and where its links lead."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ctfront.settings.refusal import SettingsRefused

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""By how the connection is encrypted."""

PER_MINUTE = 30
LINK_DAYS = 7

MAILDIR_SENDER = "front-desk@ctfront.invalid"
"""Whom mails come from that never leave the machine."""

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\.]+(\.[^@\s<>\"(),:;\\.]+)+")
_HOST = re.compile(r"[^\s/@\x00-\x1f\x7f]+")

MAIL_NAMES = frozenset(
    {
        "host", "port", "tls", "user", "password", "password_file", "from", "per_minute", "maildir", "templates",
        "ca_file",
    }
)  # fmt: skip
SITE_NAMES = frozenset({"url", "link_days"})


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How mail leaves, if it does."""

    host: str = ""
    port: int = PORTS["starttls"]
    tls: str = "starttls"
    """`starttls`, `tls`, or `none` on this machine only."""
    user: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    """Holds the password where only the sender reads it."""
    ca_file: Path | None = None
    sender: str = ""
    """The address that mails come from."""
    per_minute: int = PER_MINUTE
    """Mails a minute, over all senders; 0 is no limit."""
    maildir: Path | None = None
    """A folder that mail is put into instead."""
    templates: Path | None = None
    """The clinic's own wording."""

    @property
    def holds_login(self) -> bool:
        """Whether this account could log in to the mail server, or needs not to."""
        if self.maildir is not None:
            return True
        readable = self.password_file is not None and os.access(self.password_file, os.R_OK)
        return bool(self.host and self.user and (self.password or readable))

    def read_password(self) -> str:
        """Return the password. Raises `SettingsRefused` when its file cannot be read."""
        if self.password_file is None:
            return self.password
        try:
            return self.password_file.read_text(encoding="utf-8").strip("\r\n")
        except OSError as error:
            why = f"the password file {self.password_file} cannot be read: {error.strerror}"
        except UnicodeDecodeError:
            why = f"the password file {self.password_file} holds no text"
        raise SettingsRefused(f"Mail waits: {why}.")


@dataclass(frozen=True, kw_only=True)
class SiteSettings:
    """Where patients find the Online Appointments site."""

    url: str = ""
    """What links in mails begin with."""
    link_days: int = LINK_DAYS
    """How long an invitation's link works."""


def why_nothing_leaves(mail: MailSettings, site: SiteSettings) -> str:
    """Return what the settings lack for mail to leave, as a sentence; empty when they lack nothing."""
    if not mail.host and mail.maildir is None:
        return "Mail waits: the settings name no mail server ([mail] host)."
    if not mail.sender:
        return "Mail waits: the settings do not say from which address ([mail] from)."
    if not site.url:
        return "Mail waits: the settings do not say where the site is, which links lead to ([site] url)."
    return ""


def read_mail(table: Mapping[str, object], folder: Path) -> MailSettings:
    """Return the settings of `[mail]`. Raises `SettingsRefused`."""
    _check_names("mail", table, MAIL_NAMES)
    host, tls = _text("mail", table, "host"), _text("mail", table, "tls", "starttls")
    maildir = _path("mail", table, "maildir", folder)
    if tls not in PORTS:
        raise SettingsRefused('The setting “mail.tls” is "starttls", "tls" or "none".')
    if host and not _HOST.fullmatch(host):
        raise SettingsRefused("The setting “mail.host” is the name of a mail server, as mail.example.org.")
    if host and maildir is not None:
        raise SettingsRefused("The settings name a “mail.host” and a “mail.maildir”; mail leaves by one of them only.")
    if host and tls == "none" and not on_this_machine(host):
        raise SettingsRefused('The setting “mail.tls” may be "none" for a server on this machine only.')
    if "password" in table and "password_file" in table:
        raise SettingsRefused("The settings hold “mail.password” and “mail.password_file”; one of them is enough.")
    user = _text("mail", table, "user")
    if user and not {"password", "password_file"} & table.keys():
        raise SettingsRefused("The setting “mail.user” wants a “mail.password_file” beside it, or a “mail.password”.")
    if user and tls == "none" and not on_this_machine(host):
        raise SettingsRefused("The setting “mail.user” wants an encrypted connection.")
    sender = _text("mail", table, "from")
    if sender and not _ADDRESS.fullmatch(sender):
        raise SettingsRefused("The setting “mail.from” is one address, as desk@example.org.")
    if not sender and maildir is not None:
        sender = MAILDIR_SENDER
    ca_file, templates = _path("mail", table, "ca_file", folder), _path("mail", table, "templates", folder)
    if ca_file is not None and not ca_file.is_file():
        raise SettingsRefused(f"The setting “mail.ca_file” names {ca_file}, which is no file.")
    if templates is not None and not templates.is_dir():
        raise SettingsRefused(f"The setting “mail.templates” names {templates}, which is no folder.")
    return MailSettings(
        host=host,
        port=_number("mail", table, "port", PORTS[tls], 1, 65535),
        tls=tls,
        user=user,
        password=_text("mail", table, "password"),
        password_file=_path("mail", table, "password_file", folder),
        ca_file=ca_file,
        sender=sender,
        per_minute=_number("mail", table, "per_minute", PER_MINUTE, 0, 10_000),
        maildir=maildir,
        templates=templates,
    )


def read_site(table: Mapping[str, object]) -> SiteSettings:
    """Return the settings of `[site]`. Raises `SettingsRefused`."""
    _check_names("site", table, SITE_NAMES)
    url = _text("site", table, "url")
    if url:
        _check_url(url)
    return SiteSettings(url=url.rstrip("/"), link_days=_number("site", table, "link_days", LINK_DAYS, 1, 90))


def _check_url(url: str) -> None:
    """Refuse an address that no link can begin with: the secret in it must not travel openly."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    whole = host and not {*url} & set(" \t\r\n<>\"'`?#@") and url.isascii() and url.isprintable()
    if not whole or parts.scheme not in {"http", "https"}:
        raise SettingsRefused("The setting “site.url” is the address of the site, as https://book.example.org.")
    if parts.scheme == "http" and not on_this_machine(host):
        raise SettingsRefused("The setting “site.url” begins with https://, or is on this machine.")


def on_this_machine(host: str) -> bool:
    """Tell whether a host is this machine itself, without asking a name server."""
    try:
        return host.casefold() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def path_in(value: str, folder: Path) -> Path:
    """Return a path as the settings mean it: beside them, unless it says otherwise."""
    return folder / Path(value).expanduser()


def _check_names(of: str, table: Mapping[str, object], known: frozenset[str]) -> None:
    if unknown := sorted(table.keys() - known):
        raise SettingsRefused(f"The settings name “{of}.{unknown[0]}”, which is no setting.")


def _text(of: str, table: Mapping[str, object], name: str, default: str = "") -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or not value.isprintable():
        raise SettingsRefused(f"The setting “{of}.{name}” is a text in quotes, on one line.")
    return value


def _path(of: str, table: Mapping[str, object], name: str, folder: Path) -> Path | None:
    value = _text(of, table, name)
    return path_in(value, folder) if value else None


def _number(of: str, table: Mapping[str, object], name: str, default: int, least: int, most: int) -> int:
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SettingsRefused(f"The setting “{of}.{name}” is a number from {least} to {most:,}.")
    return value
