"""A slip of the finger in the domain asks back, and a domain that is right never does."""

import pytest

from ctfront.domain.email_slips import PROVIDERS, is_one_slip, likely_meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gmail.comm", "gmail.com"),
        ("gmail.ocm", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("Gmial.COM", "gmail.com"),
        ("gmailcom", None),
        ("gmail", None),
        ("hotmial.com", "hotmail.com"),
        ("hotmai.com", "hotmail.com"),
        ("hotnail.co.uk", "hotmail.co.uk"),
        ("yahoo.co", "yahoo.com"),
        ("yaho.com", "yahoo.com"),
        ("yhaoo.co.uk", "yahoo.co.uk"),
        ("outlok.com", "outlook.com"),
        ("iclud.com", "icloud.com"),
        ("comcast.ner", "comcast.net"),
        ("aol.con", "aol.com"),
        ("gmail.com", None),
        ("ymail.com", None),
        ("mail.com", None),
        ("email.com", None),
        ("cloud.com", None),
        ("yahoo.co.jp", None),
        ("yahoo.com.ar", None),
        ("yahoo.gr", None),
        ("hotmail.be", None),
        ("live.nl", None),
        ("love.com", None),
        ("aon.com", None),
        ("gmx.de", None),
        ("proton.me", None),
        ("example.com", None),
        ("main-street.clinic", None),
        ("xn--mnchen-3ya.de", None),
        ("münchen.de", None),
        ("", None),
    ],
)
def test_what_was_probably_meant(typed, meant):
    assert likely_meant(f"Ana.b+c@{typed}") == (meant and f"Ana.b+c@{meant}")


@pytest.mark.parametrize("text", ["", "@", "gmial.com", "@gmial.com", "ana", "ana@", "ana@.", "ana@.com"])
def test_what_is_no_address_is_left_to_the_check(text):
    assert likely_meant(text) is None


def test_no_known_domain_is_a_slip_of_another():
    known = [f"ana@{name}.{ending}" for name, endings in PROVIDERS.items() for ending in endings]
    assert [address for address in known if likely_meant(address)] == []


def test_what_is_taken_as_meant_asks_no_more():
    assert likely_meant(likely_meant("ana@gmial.con") or "") is None


@pytest.mark.parametrize(
    ("typed", "meant", "one"),
    [
        ("ab", "ba", True),
        ("abc", "acb", True),
        ("abc", "abd", True),
        ("abc", "ab", True),
        ("bc", "abc", True),
        ("abc", "abc", False),
        ("abcd", "badc", False),
        ("abc", "cba", False),
        ("", "ab", False),
    ],
)
def test_one_slip(typed, meant, one):
    assert is_one_slip(typed, meant) is one
