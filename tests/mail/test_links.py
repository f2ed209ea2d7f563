"""The key outside the database and the links that come from it."""

import hashlib
import hmac
import stat
from base64 import urlsafe_b64encode

import pytest

from ctfront.mail.links import KeyRefused, LinkKey, digest_of, invitation_link, key_for, make_key, opt_out_link

KEY = LinkKey(bytes(range(32)))


def test_a_secret_depends_on_key_invitation_and_nonce():
    secrets = {
        KEY.secret(1, "n"),
        KEY.secret(2, "n"),
        KEY.secret(1, "m"),
        KEY.opt_out(1, "n").partition(".")[2],
        LinkKey(bytes(32)).secret(1, "n"),
        KEY.secret(11, ""),
        KEY.secret(1, "1"),
    }
    assert len(secrets) == 7
    assert KEY.secret(1, "n") == KEY.secret(1, "n")


def test_a_secret_is_an_hmac_in_url_safe_letters():
    digest = hmac.digest(bytes(range(32)), b"invitation\x007\0nonce", "sha256")
    assert KEY.secret(7, "nonce") == urlsafe_b64encode(digest).decode().rstrip("=")
    assert len(KEY.secret(7, "nonce")) == 43
    assert digest_of("secret") == hashlib.sha256(b"secret").hexdigest()


def test_links_begin_with_the_site():
    assert invitation_link("https://book.example.org/", "s") == "https://book.example.org/invitation/s"
    assert opt_out_link("https://book.example.org", "1.t") == "https://book.example.org/opt-out/1.t"


def test_a_key_shows_nothing_of_itself():
    assert bytes(range(32)).hex() not in repr(KEY) + KEY.check
    assert repr(KEY) == "LinkKey()"


def test_the_first_key_is_made_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "link.key"
    key = key_for(path, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["link.key"], "the draft is gone"
    assert key_for(path, key.check) == key
    assert make_key(path) == key, "one that is there is never overwritten"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "is missing; put it back from its backup"),
        (lambda path: path.write_text(f"{'ab' * 32}\n"), "is not the one that made this clinic’s links"),
        (lambda path: path.write_text("ab\n"), "does not hold a key"),
        (lambda path: path.write_bytes(b"\xff" * 64), "does not hold a key"),
        (lambda path: path.chmod(0o640), "may be read by others; chmod 600 puts that right"),
    ],
)
def test_a_key_that_is_not_the_clinics_is_refused_with_a_sentence(tmp_path, spoil, words):
    path = tmp_path / "link.key"
    check = key_for(path, None).check
    spoil(path)
    with pytest.raises(KeyRefused, match=words) as refused:
        key_for(path, check)
    assert str(refused.value).startswith("Mail waits: ")
    assert "abab" not in str(refused.value)


def test_a_key_in_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KeyRefused, match="cannot be"):
        key_for(tmp_path / "file" / "link.key", None)
