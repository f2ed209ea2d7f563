"""Where this installation keeps things and the little that can be chosen, read once at the start."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class SettingsRefused(Exception):
    """The settings file says what cannot be; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a start of the program goes by."""

    database: str
    """Path of the file, or a database URL."""
    state_folder: Path
    """Where the log is written."""
    hold_seconds: int = 30
    """How long a mail waits before it leaves, so that `u` can take it back."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Binding id → keys, comma-separated."""
    ascii: bool = False
    """Draw with ASCII characters only."""

    @property
    def database_path(self) -> Path | None:
        """The file of the database, None for a server."""
        return None if "://" in self.database else Path(self.database)

    @property
    def database_url(self) -> str:
        """The database as a URL."""
        if self.database.startswith("postgresql://"):
            return self.database.replace("postgresql://", "postgresql+psycopg://", 1)
        path = self.database_path
        return self.database if path is None else f"sqlite:///{path.absolute()}"

    @property
    def log_file(self) -> Path:
        """Where what went wrong is written."""
        return self.state_folder / "ctfront.log"


SETTINGS_FILE = "settings.toml"

VI = {
    "scheduler.left": "left,h",
    "scheduler.down": "down,j",
    "scheduler.up": "up,k",
    "scheduler.right": "right,l",
    "scheduler.mark": "K",
    "patient.down": "down,j",
    "patient.up": "up,k",
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

    chosen = database or os.environ.get("CTFRONT_DB") or str(user_data_path("ctfront", appauthor=False) / "clinic.db")
    bare = Settings(database=chosen, state_folder=state_folder(), ascii=ascii_only)
    folder = bare.database_path.absolute().parent if bare.database_path else None
    found = _read_file(folder / SETTINGS_FILE) if folder else {}
    return Settings(
        database=chosen,
        state_folder=bare.state_folder,
        ascii=ascii_only or found.get("ascii") is True,
        hold_seconds=_whole(found, "hold", bare.hold_seconds),
        keymap=_keymap(found.get("keys", {})),
    )


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsRefused(f"The settings file {path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsRefused(f"The settings file {path} cannot be read: {error}.") from None
    if unknown := sorted(found.keys() - {"ascii", "hold", "keys"}):
        raise SettingsRefused(f"The settings file {path} names “{unknown[0]}”, which is no setting.")
    return found


def _whole(found: Mapping[str, object], name: str, default: int) -> int:
    value = found.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 3600:
        raise SettingsRefused(f"The setting “{name}” is a number of seconds from 0 to 3600.")
    return value


def _keymap(value: object) -> Mapping[str, str]:
    if value == "vi":
        return VI
    if not isinstance(value, dict) or not all(isinstance(keys, str) for keys in value.values()):
        raise SettingsRefused('The setting “keys” is "vi", or a table of names and keys.')
    return value
