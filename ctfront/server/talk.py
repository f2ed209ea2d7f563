"""What client and server say to each other: small packets over a Unix socket, which keeps them apart.

The client greets with what it was asked and three descriptors of its terminal. The server answers `GO`, `ALONE` (start
by yourself) or `NO` and a sentence. After `YES` the session has the terminal: the client then passes signals on, a byte
each, and waits for `EXIT` or `KILLED` and a number. A connection that closes says that its other end is gone.

Imported by the client, which has to be quick: nothing but what the interpreter has loaded anyway.
"""

GREETING = b"ctfront desk 1"
"""Begins the first packet; another number, another way of talking."""

LONGEST = 8192
"""Most bytes of a packet."""

GO, ALONE, NO, YES, EXIT, KILLED = b"go", b"alone", b"no ", b"yes", b"exit ", b"killed "

PASSED_ON = ("SIGWINCH", "SIGHUP", "SIGTERM", "SIGCONT")
"""Signals that a client passes on; the byte is the place in this row."""

ENVIRONMENT = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SSH_CONNECTION")
"""All of the client's environment that a session learns; nothing in it says who somebody is or what is opened."""

TOLD = ("user", "database", "ascii", "wire", "lflag", *ENVIRONMENT)
"""What a greeting may hold."""


def greeting(told: dict[str, str]) -> bytes | None:
    """Return the first packet, None when it does not fit."""
    words = [f"{name}={value}" for name, value in told.items()]
    packet = b"\0".join([GREETING, *(word.encode("utf-8", "surrogateescape") for word in words)])
    return packet if len(packet) <= LONGEST and packet.count(b"\0") == len(words) else None


def read_greeting(packet: bytes) -> dict[str, str] | None:
    """Return what a client told, None when it speaks otherwise: nothing in it is believed yet."""
    begin, *words = packet.split(b"\0")
    if begin != GREETING or len(words) > len(TOLD):
        return None
    told = {}
    for word in words:
        name, found, value = word.decode("utf-8", "replace").partition("=")
        if not found or name not in TOLD or name in told:
            return None
        told[name] = value
    return told
