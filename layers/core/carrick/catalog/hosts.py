"""Host names: what is one, and which of them an entry allows. Linear in time.

Names are ASCII letters, digits and hyphens (RFC 1123 §2.1), lower case, without a trailing dot.
Addresses are no names here: a last label without a letter is refused, which covers every
spelling of an IPv4 address, and a colon is no letter, which covers IPv6.
"""

from collections.abc import Sequence

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_LABEL_CHARACTERS = _LETTERS | frozenset("0123456789-")
_LONGEST_LABEL = 63
_LONGEST_NAME = 253


def is_label(text: str) -> bool:
    """Whether this is one DNS label, in lower case."""
    return (
        0 < len(text) <= _LONGEST_LABEL
        and _LABEL_CHARACTERS.issuperset(text)
        and text[0] != "-"
        and text[-1] != "-"
    )


def are_labels(text: str) -> bool:
    """Whether these are one or more DNS labels with dots between."""
    return len(text) <= _LONGEST_NAME and all(is_label(label) for label in text.split("."))


def is_hostname(text: str) -> bool:
    """Whether this is a full host name: two or more labels, and no address."""
    return "." in text and are_labels(text) and not _LETTERS.isdisjoint(text.rpartition(".")[2])


def is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a host is one of a list of hosts, or below one of its suffixes.

    An entry that begins with a dot is a suffix: ``.example.com`` allows ``a.example.com`` but
    neither ``example.com`` nor ``aexample.com``.
    """
    return any(
        (host.endswith(entry) and len(host) > len(entry)) if entry[0] == "." else host == entry
        for entry in allowed
    )
