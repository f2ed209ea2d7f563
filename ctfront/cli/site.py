"""`ctfront site`: serves the Online Appointments site."""

import contextlib
from ipaddress import ip_network

import click

from ctfront.cli import Asked
from ctfront.cli.mail import opened_for_mail
from ctfront.cli.site_server import listen, make_server
from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe


@click.command("site")
@click.option("--host", default="127.0.0.1", show_default=True, help="On which address of this machine it listens.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--trusted-proxy",
    "proxies",
    metavar="ADDRESS",
    multiple=True,
    help="The proxy that speaks TLS: what it says of visitor and scheme is believed. Repeatable; networks too.",
)
@click.pass_obj
def command(asked: Asked, host: str, port: int, proxies: tuple[str, ...]) -> None:
    """Serve the Online Appointments site behind a proxy that speaks TLS; on this machine only unless told otherwise."""
    for proxy in proxies:
        check_proxy(proxy)
    with opened_for_mail(asked) as desk:
        if not desk.settings.site.url:
            raise ClinicError("The settings do not say where the site is, which links in mails lead to ([site] url).")
        server = make_server(
            desk.settings, desk.database, desk.clinic.id, desk.clock, url=desk.settings.site.url, proxies=proxies
        )
        with contextlib.closing(listen(host, port)) as sock:
            at = f"http://{host}:{sock.getsockname()[1]}"
            click.echo(safe(f"{desk.clinic.name} is served at {at} for {desk.settings.site.url}"))
            with contextlib.suppress(KeyboardInterrupt):
                desk.run(server.serve(sockets=[sock]))


def check_proxy(text: str) -> None:
    """Refuse what is no address: trusting everybody would let anybody choose who they seem to be."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise click.UsageError("--trusted-proxy wants an address, as 127.0.0.1, or a network.") from None
