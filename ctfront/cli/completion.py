"""`ctfront completion`: a script that completes commands and options."""

import click
from click.shell_completion import get_completion_class

from ctfront.cli import commands


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a completion script; for bash: eval "$(ctfront completion bash)"."""
    found = get_completion_class(shell)
    assert found is not None, "click ships all three"
    click.echo(found(commands, {}, "ctfront", "_CTFRONT_COMPLETE").source())
