"""Where this installation keeps things and the little that can be chosen, read once at the start."""

import os
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ctfront.settings.mailing import MailSettings, SiteSettings, path_in, read_mail, read_site, why_nothing_leaves
from ctfront.settings.refusal import SettingsRefused

__all__ = [
    "SETTINGS_FILE",
    "SETTINGS_VARIABLE",
    "VI",
    "MailSettings",
    "Settings",
    "SettingsRefused",
    "SiteSettings",
    "read_settings",
    "server_url",
]

SETTINGS_FILE = "settings.toml"
SETTINGS_VARIABLE = "CTFRONT_SETTINGS"
"""Names another settings file: for a database server, and for a sender with a log-in of its own."""

KEY_FILE = "link.key"
MOST_LOCK_MINUTES = 30
NAMES = frozenset({"ascii", "database", "hold", "keys", "link_key", "lock", "mail", "print_command", "site"})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a start of the program goes by."""

    database: str
    """Path of the file, or a database URL."""
    state_folder: Path
    """Where the log is written and day sheets are saved."""
    settings_file: Path | None = None
    """What was read, or would have been; None for a database server without one."""
    link_key: Path = Path(KEY_FILE)
    """The key that links in mails are made with; the sender and the site read it, nobody else."""
    mail: MailSettings = field(default_factory=MailSettings)
    site: SiteSettings = field(default_factory=SiteSettings)
    lock_minutes: int = 5
    """How long a terminal is idle before it locks, 1 to 30; 0 for never."""
    hold_seconds: int = 30
    """How long a mail waits before it leaves, so that `u` can take it back."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Binding id → keys, comma-separated."""
    print_command: tuple[str, ...] = ()
    """What prints a day sheet: a program and its arguments, run without a shell; empty for none."""
    ascii: bool = False
    """Draw with ASCII characters only."""

    @property
    def database_path(self) -> Path | None:
        """The file of the database, None for a server."""
        return None if "://" in self.database else Path(self.database)

    @property
    def database_url(self) -> str:
        """The database as a URL."""
        path = self.database_path
        return server_url(self.database) if path is None else f"sqlite:///{path.absolute()}"

    @property
    def mail_lacks(self) -> str:
        """What is missing for mail to leave, as a sentence."""
        return why_nothing_leaves(self.mail, self.site)

    @property
    def log_file(self) -> Path:
        """Where what went wrong is written."""
        return self.state_folder / "ctfront.log"


VI = {
    "scheduler.left": "left,h",
    "scheduler.down": "down,j",
    "scheduler.up": "up,k",
    "scheduler.right": "right,l",
    "scheduler.mark": "K",
    "patient.down": "down,j",
    "patient.up": "up,k",
    "patient.mark": "K",
    "list.down": "down,j",
    "list.up": "up,k",
}
"""What `keys = "vi"` stands for: h j k l walk, and marking is K alone."""


def state_folder() -> Path:
    """Return the account's folder for logs."""
    from platformdirs import user_state_path  # 8 ms, not needed to show the version

    return user_state_path("ctfront", appauthor=False)


def read_settings(database: str | None, *, ascii_only: bool = False) -> Settings:
    """Return the settings for a database, or for the account's own; raises `SettingsRefused`."""
    from platformdirs import user_data_path

    own_folder = user_data_path("ctfront", appauthor=False)
    chosen = database or os.environ.get("CTFRONT_DB") or str(own_folder / "clinic.db")
    bare = Settings(database=chosen, state_folder=state_folder(), ascii=ascii_only)
    folder = bare.database_path.absolute().parent if bare.database_path else None
    named = os.environ.get(SETTINGS_VARIABLE)
    file = Path(named).absolute() if named else folder / SETTINGS_FILE if folder else None
    found = _read_file(file, must_be=bool(named)) if file else {}
    beside = file.parent if file else own_folder
    return Settings(
        database=_moved_to(found) or chosen,
        state_folder=bare.state_folder,
        settings_file=file,
        ascii=ascii_only or found.get("ascii") is True,
        hold_seconds=_whole(found, "hold", bare.hold_seconds),
        lock_minutes=_minutes(found, "lock", bare.lock_minutes),
        keymap=_keymap(found.get("keys", {})),
        link_key=_key_file(found.get("link_key", KEY_FILE), beside if "link_key" in found else folder or beside),
        print_command=_command(found["print_command"]) if "print_command" in found else (),
        mail=read_mail(_table(found, "mail"), beside),
        site=read_site(_table(found, "site")),
    )


def _read_file(path: Path, *, must_be: bool) -> Mapping[str, object]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_be:
            raise SettingsRefused(f"There is no settings file {path}, which {SETTINGS_VARIABLE} names.") from None
        return {}
    except OSError as error:
        raise SettingsRefused(f"The settings file {path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsRefused(f"The settings file {path} cannot be read: {error}.") from None
    if unknown := sorted(found.keys() - NAMES):
        raise SettingsRefused(f"The settings file {path} names “{unknown[0]}”, which is no setting.")
    return found


def server_url(url: str) -> str:
    """Return a database's address with the driver that the program brings."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url


def _moved_to(found: Mapping[str, object]) -> str:
    """Return the server that the clinic has moved to, empty when it has not."""
    value = found.get("database", "")
    if not isinstance(value, str) or (value and "://" not in value):
        raise SettingsRefused("The setting “database” is the address of a server, as postgresql://user@host/name.")
    return value


def _whole(found: Mapping[str, object], name: str, default: int) -> int:
    value = found.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 3600:
        raise SettingsRefused(f"The setting “{name}” is a number of seconds from 0 to 3600.")
    return value


def _minutes(found: Mapping[str, object], name: str, default: int) -> int:
    value = found.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_LOCK_MINUTES:
        raise SettingsRefused(
            f"The setting “{name}” is a number of minutes from 1 to {MOST_LOCK_MINUTES}; 0 for never."
        )
    return value


def _keymap(value: object) -> Mapping[str, str]:
    if value == "vi":
        return VI
    if not isinstance(value, dict) or not all(isinstance(keys, str) for keys in value.values()):
        raise SettingsRefused('The setting “keys” is "vi", or a table of names and keys.')
    return value


def _command(value: object) -> tuple[str, ...]:
    """Return a command line as words; a text is cut into them as a shell would, and nothing more."""
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError:
        words = None
    if isinstance(words, list) and words and words[0] and all(isinstance(w, str) and w.isprintable() for w in words):
        return tuple(words)
    raise SettingsRefused('The setting “print_command” is a program and its arguments, as ["lp", "-d", "desk"].')


def _table(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise SettingsRefused(f"The setting “{name}” is a table: its own settings follow a line [{name}].")
    return value


def _key_file(value: object, folder: Path) -> Path:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise SettingsRefused("The setting “link_key” is the path of a file, in quotes.")
    return path_in(value, folder)
