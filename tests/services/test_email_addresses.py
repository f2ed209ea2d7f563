"""Email addresses by class (RFC 5321, 6531), and what becomes of each: the stored form, or the words of the refusal."""

import pytest

from ctfront.domain.errors import InputRefused
from ctfront.services.patients import checked_email

LONG_DOMAIN = "@" + ".".join(["d" * 60] * 4) + ".com"


class Refused(str):
    """The sentence of a refusal."""

    __slots__ = ()


def no(reason: str) -> Refused:
    return Refused(f"That is no email address: {reason}")


UNSHOWABLE = Refused("It holds a character that cannot be shown; type it again without it.")

ADDRESSES = [
    # ordinary
    ("ana@example.com", "ana@example.com"),
    ("ana.b@example.com", "ana.b@example.com"),
    ("a@b.co", "a@b.co"),
    ("1@example.com", "1@example.com"),
    ("ana@sub.mail.example.com", "ana@sub.mail.example.com"),
    ("ana@ex-ample.com", "ana@ex-ample.com"),
    ("ana@123.example", "ana@123.example"),
    # case and spaces
    (" Ana@Example.COM ", "Ana@example.com"),
    ("ANA@EXAMPLE.COM", "ANA@example.com"),
    ("ana@example.com\n", "ana@example.com"),
    ("ana b@example.com", no("the email address contains invalid characters before the @-sign: SPACE.")),
    ("ana@exam ple.com", no("the part after the @-sign contains invalid characters: SPACE.")),
    ("ana\xa0@example.com", no("the email address contains invalid characters before the @-sign: SPACE.")),
    ("   ", None),
    # tagged and unusual signs
    ("ana+clinic@example.com", "ana+clinic@example.com"),
    ("ana_b-c@example.com", "ana_b-c@example.com"),
    ("o'neil@example.com", "o'neil@example.com"),
    ("!#$%&'*+/=?^_`{|}~@example.com", "!#$%&'*+/=?^_`{|}~@example.com"),
    # quoted
    ('"ana b"@example.com', no("quoting the part before the @-sign is not allowed here.")),
    ('"ana"@example.com', no("quoting the part before the @-sign is not allowed here.")),
    ('"a@b"@example.com', no("quoting the part before the @-sign is not allowed here.")),
    # international local part
    ("zoë@example.com", "zoë@example.com"),
    ("zoe\u0308@example.com", "zoë@example.com"),
    ("用户@例子.广告", "用户@例子.广告"),
    # international domain
    ("ana@münchen.de", "ana@münchen.de"),
    ("ana@MÜNCHEN.DE", "ana@münchen.de"),
    ("ana@xn--mnchen-3ya.de", "ana@münchen.de"),
    ("δοκιμή@παράδειγμα.δοκιμή", "δοκιμή@παράδειγμα.δοκιμή"),
    ("ana@example。com", "ana@example.com"),
    (
        "ana@ab--cd.com",
        no(
            "an email address cannot have two letters followed by two dashes immediately after the @-sign "
            "or after a period, except Punycode."
        ),
    ),
    (
        "ana@xn--a.com",
        no("the part after the @-sign is not valid IDNA (Codepoint U+0080 at position 1 of '\\x80' not allowed)."),
    ),
    # reserved names
    ("ana@localhost", no("the part after the @-sign is not valid; it should have a period.")),
    (
        "ana@clinic.local",
        no("the part after the @-sign is a special-use or reserved name that cannot be used with email."),
    ),
    (
        "ana@example.invalid",
        no("the part after the @-sign is a special-use or reserved name that cannot be used with email."),
    ),
    (
        "ana@host.onion",
        no("the part after the @-sign is a special-use or reserved name that cannot be used with email."),
    ),
    ("ana@example.test", "ana@example.test"),
    # over-long
    ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ("a" * 65 + "@example.com", no("the email address is too long before the @-sign (1 character too many).")),
    ("ana@" + "d" * 63 + ".com", "ana@" + "d" * 63 + ".com"),
    (
        "ana@" + "d" * 64 + ".com",
        no("after the @-sign, periods cannot be separated by so many characters (1 character too many)."),
    ),
    ("a" * 6 + LONG_DOMAIN, "a" * 6 + LONG_DOMAIN),
    ("a" * 7 + LONG_DOMAIN, no("the email address is too long (1 character too many).")),
    ("ë" * 32 + "@example.com", "ë" * 32 + "@example.com"),
    (
        "ë" * 33 + "@example.com",
        no("the email address is too long before the @-sign (64 bytes fit, and a letter outside ASCII takes several)."),
    ),
    ("x" * 321, Refused("It is 321 characters long; 320 fit.")),
    # no local part, no domain
    ("ana", no("an email address must have an @-sign.")),
    ("ana@", no("there must be something after the @-sign.")),
    ("@example.com", no("there must be something before the @-sign.")),
    ("@", no("there must be something before the @-sign.")),
    ("ana@b", no("the part after the @-sign is not valid; it should have a period.")),
    # more than one @
    ("ana@@example.com", no("the part after the @-sign contains invalid characters: '@'.")),
    ("ana@b@example.com", no("the part after the @-sign contains invalid characters: '@'.")),
    ("ana@example.com@", no("the part after the @-sign contains invalid characters: '@'.")),
    (
        "ana＠example.com",
        no('the email address has the "full-width" at-sign (@) character instead of a regular at-sign.'),
    ),
    # dots and hyphens
    ("ana@example.com.", no("an email address cannot end with a period.")),
    (".ana@example.com", no("an email address cannot start with a period.")),
    ("ana.@example.com", no("an email address cannot have a period immediately before the @-sign.")),
    ("ana..b@example.com", no("an email address cannot have two periods in a row.")),
    ("ana@example..com", no("an email address cannot have two periods in a row.")),
    ("ana@.example.com", no("an email address cannot have a period immediately after the @-sign.")),
    ("ana@-example.com", no("an email address cannot have a hyphen immediately after the @-sign.")),
    ("ana@example-.com", no("an email address cannot have a period and a hyphen next to each other.")),
    ("ana@exam_ple.com", no("the part after the @-sign contains invalid characters: '_'.")),
    # more than an address
    ("Ana <ana@example.com>", no("a display name and angle brackets around the email address are not permitted here.")),
    ("<ana@example.com>", no("a display name and angle brackets around the email address are not permitted here.")),
    ("mailto:ana@example.com", no("the email address contains invalid characters before the @-sign: ':'.")),
    ("ana@example.com (Ana)", no("the part after the @-sign contains invalid characters: '(', ')', SPACE.")),
    ("ana(comment)@example.com", no("the email address contains invalid characters before the @-sign: '(', ')'.")),
    ("ana@example.com, bob@example.com", no("the part after the @-sign contains invalid characters: ',', '@', SPACE.")),
    ("ana@example.com;bob@example.com", no("the part after the @-sign contains invalid characters: ';', '@'.")),
    ("ana@example,com", no("the part after the @-sign contains invalid characters: ','.")),
    ("ana\\@example.com", no('the email address contains invalid characters before the @-sign: "\\".')),
    # IP literal
    ("ana@[192.0.2.1]", no("a bracketed IP address after the @-sign is not allowed here.")),
    ("ana@192.0.2.1", no("the part after the @-sign is not valid; it is not within a valid top-level domain.")),
    ("ana@[IPv6:2001:db8::1]", no("a bracketed IP address after the @-sign is not allowed here.")),
    # headers and controls
    ("a@b\r\nBcc: x", UNSHOWABLE),
    ("ana@example.com\r\nBcc: x@example.com", UNSHOWABLE),
    ("ana@example.com\nBcc: x", UNSHOWABLE),
    ("ana\x00@example.com", UNSHOWABLE),
    ("ana\x1b[2J@example.com", UNSHOWABLE),
    ("ana\u202e@example.com", UNSHOWABLE),
    ("ana\u200b@example.com", UNSHOWABLE),
]


@pytest.mark.parametrize(("typed", "expected"), ADDRESSES, ids=[ascii(typed)[1:40] for typed, _ in ADDRESSES])
def test_an_address_is_stored_or_refused(typed, expected):
    if isinstance(expected, Refused):
        with pytest.raises(InputRefused) as refusal:
            checked_email(typed)
        assert (str(refusal.value), refusal.value.field) == (expected, "email")
    else:
        assert checked_email(typed) == expected


@pytest.mark.parametrize(
    "typed", [typed for typed, expected in ADDRESSES if expected and not isinstance(expected, Refused)]
)
def test_a_stored_address_is_stored_the_same_again(typed):
    once = checked_email(typed)
    assert checked_email(once) == once
