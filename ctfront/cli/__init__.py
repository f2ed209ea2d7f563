"""The command line: one module per command, imported only when it is the one."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

import ctfront
from ctfront.cli.caller import Caller, this_process
from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.terminal.raw import no_echo

if TYPE_CHECKING:
    from ctfront.settings import Settings

COMMANDS = {
    "init": ("ctfront.cli.init", "Make a clinic and its first manager in an empty database."),
    "demo": ("ctfront.cli.demo", "Open a made-up clinic in a throw-away folder."),
    "agenda": ("ctfront.cli.agenda", "Print a day."),
    "find": ("ctfront.cli.find", "Find patients as the search box does."),
    "invitations": ("ctfront.cli.invitations", "List invitations."),
    "outbox": ("ctfront.cli.outbox", "List mails, sent and waiting."),
    "do": ("ctfront.cli.do", "Do one line of the command grammar."),
    "import": ("ctfront.cli.importing", "Import patients, providers or appointments from a CSV file."),
    "export": ("ctfront.cli.exporting", "Export appointments or patients as CSV."),
    "online": ("ctfront.cli.online", "Show and set what patients are offered on the site."),
    "server": ("ctfront.cli.server", "Keep the program loaded, so that every log-in is instant."),
    "site": ("ctfront.cli.site", "Serve the Online Appointments site."),
    "mail": ("ctfront.cli.mail", "Deliver the mail that is due; --watch is the service."),
    "audit": ("ctfront.cli.audit", "List who did what when; WORDS narrow it, -o exports it."),
    "staff": ("ctfront.cli.staff", "List and add members of staff."),
    "config": ("ctfront.cli.config", "Show where everything lives."),
    "keys": ("ctfront.cli.keys", "Show what each key arrives as."),
    "backup": ("ctfront.cli.backup", "Copy the database while everybody works."),
    "restore": ("ctfront.cli.restore", "Restore a backup into an empty place."),
    "db": ("ctfront.cli.db", "Move the clinic to a PostgreSQL server."),
    "check": ("ctfront.cli.check", "Check the database, the audit trail and who may log in."),
    "completion": ("ctfront.cli.completion", "Print a completion script for a shell."),
}
"""Each command with its module and what help says of it, so that help imports none of them."""


SCREENS_TOO = "demo"
"""The command that opens the screens: what is typed while it loads is their first input."""

KEYBOARD = 0

NOW_VARIABLE = "CTFRONT_NOW"

LONGEST = 1000
"""Most characters of a refusal; more can only be what was typed, said back."""


class Refused(click.ClickException):
    """Say why on one line and exit 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Write the reason to stderr; data in it cannot drive the terminal."""
        click.echo(said_back(self.message), file=file or sys.stderr)


def said_back(message: str) -> str:
    """Return a message that holds what was typed, harmless and not too long."""
    return safe(message if len(message) <= LONGEST else f"{message[:LONGEST]}…")


def said_of_usage(error: click.UsageError) -> click.UsageError:
    """Return a complaint about the arguments as it may be shown."""
    return click.UsageError(said_back(error.format_message()), ctx=error.ctx)


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name == SCREENS_TOO:
            ctx.with_resource(no_echo(KEYBOARD))
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """Read the options; what is said of a wrong one cannot drive the terminal."""
        try:
            return super().make_context(*arguments, **more)
        except click.UsageError as error:
            raise said_of_usage(error) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and turn a refusal into one sentence and exit 1."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise said_of_usage(error) from None
        except ClinicError as refusal:
            raise Refused(str(refusal)) from refusal
        except BrokenPipeError:  # `ctfront agenda | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked of every command alike."""

    database: str | None = None
    user: str | None = None
    ascii: bool = False
    wire: bool = False
    """Whether to say at the end what was sent."""
    caller: Caller = field(default_factory=this_process)


def settings_for(asked: Asked) -> "Settings":
    """Read the settings. Raises `ClinicError`."""
    from ctfront.settings import SettingsRefused, read_settings

    try:
        return read_settings(asked.database, ascii_only=asked.ascii)
    except SettingsRefused as refusal:
        raise ClinicError(str(refusal)) from None


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--db", metavar="FILE|URL", help="The database; else CTFRONT_DB, else the account's own file.")
@click.option("--user", metavar="NAME", help="Who works, by short name, where the clinic's identity allows it.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--wire", is_flag=True, help="Say on leaving how many bytes the screens took.")
@click.version_option(ctfront.__version__, prog_name="ctfront", message="%(prog)s %(version)s")
@click.pass_context
def commands(ctx: click.Context, db: str | None, user: str | None, ascii_only: bool, wire: bool) -> None:
    """Work the front desk of a clinic in a terminal."""
    caller = ctx.obj or this_process()
    ctx.obj = Asked(database=db, user=user, ascii=ascii_only, wire=wire, caller=caller)
    if ctx.invoked_subcommand is None:
        with no_echo(KEYBOARD):  # what is typed while the program loads is its first input
            from ctfront.cli.first_paint import first_paint

            with first_paint(ctx.obj) as taken:
                from ctfront.cli.desk import open_desk

                open_desk(ctx.obj, taken)


def main(arguments: Sequence[str] | None = None, caller: Caller | None = None) -> None:
    """Run the command line for this process, or for the caller that a server was handed.

    What it writes only its account can read.
    """
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal of another encoding shows `?`, not a traceback
            stream.reconfigure(errors="replace")
    if sys.excepthook is sys.__excepthook__:
        from ctfront.cli.crash import log_and_say

        sys.excepthook = log_and_say
    commands.main(args=arguments, prog_name="ctfront", obj=caller)
