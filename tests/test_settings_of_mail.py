"""What the settings say of mail and site: taken, refused by name, and what is missing for mail to leave."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from ctfront.cli import commands
from ctfront.settings import SettingsRefused, read_settings

SERVER = '[mail]\nhost = "mail.example.org"\nfrom = "desk@example.org"\n'
LOGIN = f'{SERVER}user = "desk"\npassword = "hunter2"\n'
SITE = '[site]\nurl = "https://book.example.org/"\n'


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    monkeypatch.delenv("CTFRONT_SETTINGS", raising=False)
    monkeypatch.delenv("CTFRONT_DB", raising=False)


@pytest.fixture
def settings_of(tmp_path):
    def read(text: str):
        (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
        return read_settings(str(tmp_path / "clinic.db"))

    return read


def test_what_is_set_is_read(settings_of, tmp_path):
    settings = settings_of(f'link_key = "keys/link"\n{LOGIN}per_minute = 0\n{SITE}link_days = 3\n')
    mail = settings.mail
    assert (mail.host, mail.port, mail.tls, mail.user, mail.sender, mail.per_minute) == (
        "mail.example.org",
        587,
        "starttls",
        "desk",
        "desk@example.org",
        0,
    )
    assert (mail.read_password(), mail.holds_login) == ("hunter2", True)
    assert (settings.site.url, settings.site.link_days) == ("https://book.example.org", 3)
    assert settings.link_key == tmp_path / "keys/link"
    assert settings.mail_lacks == ""


@pytest.mark.parametrize(("tls", "host", "port"), [("tls", "mail.example.org", 465), ("none", "127.0.0.1", 25)])
def test_the_port_goes_by_the_encryption(settings_of, tls, host, port):
    assert settings_of(f'[mail]\nhost = "{host}"\ntls = "{tls}"').mail.port == port


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (SITE, "Mail waits: the settings name no mail server ([mail] host)."),
        (f'[mail]\nhost = "mail.example.org"\n{SITE}', "Mail waits: the settings do not say from which address"),
        (LOGIN, "Mail waits: the settings do not say where the site is, which links lead to ([site] url)."),
    ],
)
def test_what_is_missing_for_mail_to_leave_is_said(settings_of, text, missing):
    assert settings_of(text).mail_lacks.startswith(missing)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mail = 1", "“mail” is a table"),
        ("site = true", "“site” is a table"),
        ("link_key = 3", "“link_key”"),
        ("[mail]\ncolour = 1", "“mail.colour”"),
        ("[site]\nuri = 1", "“site.uri”"),
        ("[mail]\nhost = 1", "“mail.host”"),
        ('[mail]\nhost = "a b"', "“mail.host”"),
        ('[mail]\nhost = "a\\r\\nQUIT"', "“mail.host”"),
        ('[mail]\nport = "25"', "“mail.port”"),
        ("[mail]\nport = 0", "“mail.port”"),
        ("[mail]\nport = true", "“mail.port”"),
        ('[mail]\ntls = "ssl"', "“mail.tls”"),
        ('[mail]\nhost = "mail.example.org"\ntls = "none"', "this machine only"),
        ('[mail]\nhost = "127.0.0.1.example.org"\ntls = "none"', "this machine only"),
        ('[mail]\nhost = "mail.example.org"\nuser = "desk"', "“mail.user” wants"),
        ('[mail]\npassword = "a"\npassword_file = "b"', "one of them is enough"),
        ('[mail]\nhost = "localhost"\nmaildir = "mail"', "one of them only"),
        ('[mail]\nfrom = "desk"', "“mail.from”"),
        ('[mail]\nfrom = "Desk <desk@example.org>"', "“mail.from”"),
        ('[mail]\nfrom = "desk@example.org\\r\\nBcc: x@example.org"', "“mail.from”"),
        ('[mail]\nfrom = "a@b"', "“mail.from”"),
        ("[mail]\nper_minute = -1", "“mail.per_minute”"),
        ('[mail]\nca_file = "none.pem"', "“mail.ca_file”"),
        ('[mail]\ntemplates = "none"', "“mail.templates”"),
        ('[site]\nurl = "book.example.org"', "“site.url”"),
        ('[site]\nurl = "http://book.example.org"', "“site.url” begins with https"),
        ('[site]\nurl = "https://book.example.org?x=1#y"', "“site.url”"),
        ('[site]\nurl = "https://desk:pw@book.example.org"', "“site.url”"),
        ('[site]\nurl = "https://book.example.org:port"', "“site.url”"),
        ('[site]\nurl = "javascript:alert(1)"', "“site.url”"),
        ("[site]\nlink_days = 0", "“site.link_days”"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(settings_of, text, named):
    with pytest.raises(SettingsRefused, match=named):
        settings_of(text)


def test_a_password_file_is_read_when_it_is_needed(settings_of, tmp_path):
    text = f'{SERVER}user = "desk"\npassword_file = "password"\n'
    mail = settings_of(text).mail
    assert not mail.holds_login
    with pytest.raises(SettingsRefused, match=r"^Mail waits: the password file .*password cannot be read"):
        mail.read_password()
    (tmp_path / "password").write_text("hunter2\n", encoding="utf-8")
    assert (settings_of(text).mail.holds_login, settings_of(text).mail.read_password()) == (True, "hunter2")


def test_another_settings_file_can_be_named(settings_of, tmp_path, monkeypatch):
    settings_of("hold = 1")
    own = tmp_path / "sender" / "settings.toml"
    own.parent.mkdir()
    own.write_text('hold = 2\n[mail]\nmaildir = "mail"\n', encoding="utf-8")
    monkeypatch.setenv("CTFRONT_SETTINGS", str(own))
    settings = read_settings(str(tmp_path / "clinic.db"))
    assert (settings.hold_seconds, settings.mail.maildir) == (2, own.parent / "mail")
    assert settings.link_key == tmp_path / "link.key", "the key stays where every sender looks for it"
    assert read_settings("postgresql://desk@db.example.org/clinic").hold_seconds == 2
    own.unlink()
    with pytest.raises(SettingsRefused, match="which CTFRONT_SETTINGS names"):
        read_settings(str(tmp_path / "clinic.db"))


def test_the_password_is_never_shown(settings_of, tmp_path):
    settings = settings_of(LOGIN + SITE)
    shown = CliRunner().invoke(commands, ["--db", str(tmp_path / "clinic.db"), "config"])
    assert shown.exit_code == 0, shown.output
    assert "mail.example.org, port 587, starttls" in shown.output
    assert "desk, password in the settings" in shown.output
    assert "hunter2" not in shown.output + repr(settings)
    assert Path(os.fspath(tmp_path / "link.key")).exists() is False, "showing makes nothing"
