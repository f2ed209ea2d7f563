"""Settings → courier, wording, key → a sender."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from ctfront.data.database import Database
from ctfront.domain.errors import ClinicError
from ctfront.domain.staff import Actor
from ctfront.mail.links import key_for
from ctfront.mail.maildir import MaildirCourier
from ctfront.mail.message import Composer
from ctfront.mail.smtp import MailServer, SmtpCourier, Tls
from ctfront.services.mail_acts import Rules
from ctfront.services.mail_sending import Courier, MailSending, Tell
from ctfront.settings import Settings, SettingsRefused


def make_sending(
    settings: Settings,
    database: Database,
    clinic_id: int,
    actor: Actor,
    clock: Callable[[], datetime],
    tell: Tell = lambda sentence: None,
) -> MailSending:
    """Make a sender by the settings. Raises `ClinicError` with what they lack."""
    if settings.mail_lacks:
        raise ClinicError(settings.mail_lacks)
    composer = Composer(settings.mail.sender, settings.mail.templates)
    rules, courier = make_rules(settings, composer.domain), make_courier(settings)
    return MailSending(database, clinic_id, actor, clock, courier=courier, composer=composer, rules=rules, tell=tell)


def make_rules(settings: Settings, domain: str) -> Rules:
    """Return what a sender goes by."""
    return Rules(
        site=settings.site.url,
        domain=domain,
        key_for=partial(key_for, settings.link_key),
        per_minute=settings.mail.per_minute,
        expires_after=timedelta(days=settings.site.link_days),
        owner=secrets.token_hex(8),
    )


def make_courier(settings: Settings) -> Courier:
    """Return what hands messages in. Raises `ClinicError` when the password cannot be read."""
    mail = settings.mail
    if mail.maildir is not None:
        return MaildirCourier(mail.maildir)
    try:
        password = mail.read_password() if mail.user else ""
    except SettingsRefused as refusal:
        raise ClinicError(str(refusal)) from None
    server = MailServer(
        host=mail.host, port=mail.port, tls=Tls(mail.tls), user=mail.user, password=password, ca_file=mail.ca_file
    )
    return SmtpCourier(server)
