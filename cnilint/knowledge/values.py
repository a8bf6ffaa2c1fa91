"""The value a text has for the Go code that reads it, or why it has none.

One function a type; ``value`` chooses. What is refused here is refused by the variable's schema too: a test holds it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from cnilint.knowledge import golang
from cnilint.knowledge.versions import before

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.knowledge.variables import Variable


class Sentinel:
    """A value that stands for none; it compares by identity and prints its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


UNSET: Final = Sentinel("UNSET")
"""The text is empty and the code reads that as if the variable were not set."""


class Malformed(ValueError):  # noqa: N818  # a verdict about a text, not a failure of ours
    """The code does not take the text as meant; ``reason`` reads after it: ``is not an integer``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def value(variable: Variable, text: str, release: str | None = None) -> object:
    """Return what the code makes of ``text``, typed.

    bool and int as such; enum in the canonical spelling; cidrs a list of masked IPv4 networks (items the code skips are
    left out, see ``skipped_cidrs``); tags a dict of strings (reserved keys are still in it); mark an int; every other
    type the text itself. ``UNSET`` stands for the empty text where that counts as not set; ``release`` tells the few
    releases that saw the empty text in another way (the newest where it is None). Raise Malformed otherwise.
    """
    if variable.trims:
        text = text.strip(golang.SPACE)
    if not text and empty(variable, release) == "unset":
        return UNSET
    return _READERS.get(variable.type, _text)(variable, text)


def empty(variable: Variable, release: str | None = None) -> str:
    """Return what the empty text is to that release: ``unset``, ``invalid`` or ``value``."""
    if release is not None and variable.empty_since is not None and before(release, variable.empty_since):
        return "unset"
    return variable.empty


def expected(variable: Variable) -> str:
    """Return what would be valid, as it reads after "must be": ``an integer from 576 to 9001``."""
    if variable.values:
        *most, last = variable.values
        return f"{', '.join(most)} or {last}"
    if variable.type == "int":
        return f"an integer{_bounds(variable)}"
    return _EXPECTED.get(variable.name) or _EXPECTED.get(variable.type, "a string")


_EXPECTED: Final = {
    "bool": "true or false",
    "mark": "an integer from 1 to 0xffffffff",
    "cidrs": "IPv4 CIDRs, separated by commas",
    "tags": "a JSON object of strings",
    "address": "host:port or unix:/path",
    "AWS_VPC_K8S_CNI_VETHPREFIX": "at most four characters, and not eth, vlan or lo",
    "AWS_VPC_K8S_PLUGIN_LOG_FILE": "stderr or a path on the host, without quotes and backslashes",
    "AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE": "stderr or a path on the host, without quotes and backslashes",
    "AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE": "stderr or a path on the host, without quotes and backslashes",
}


def _bounds(variable: Variable) -> str:
    """Return the range of an integer, to follow the word."""
    if variable.minimum is not None and variable.maximum is not None:
        return f" from {variable.minimum} to {variable.maximum}"
    if variable.minimum is not None:
        return f", {variable.minimum} or more"
    return ""


def _boolean(variable: Variable, text: str) -> bool:
    if variable.values:
        word = _word(variable, text).lower()
        return word in {"true", "yes"}
    found = golang.boolean(text)
    if found is None:
        raise Malformed("is not a boolean")
    return found


def _integer(variable: Variable, text: str) -> int:
    return _within(variable, golang.integer(text))


def _mark(variable: Variable, text: str) -> int:
    return _within(variable, golang.based_integer(text))


def _within(variable: Variable, number: int | None) -> int:
    if number is None:
        raise Malformed("is not an integer")
    if variable.minimum is not None and number < variable.minimum:
        raise Malformed(f"is less than {variable.minimum}")
    if variable.maximum is not None and number > variable.maximum:
        raise Malformed(f"is more than {variable.maximum}")
    return number


def _word(variable: Variable, text: str) -> str:
    """Return the canonical spelling; letters outside ASCII never count as the same, though Go folds a few of them."""
    if variable.case_sensitive:
        found = text if text in variable.values else None
    else:
        folded = text.lower() if text.isascii() else text
        found = next((word for word in variable.values if word.lower() == folded), None)
    if found is None:
        *most, last = variable.values
        raise Malformed(f"is neither {', '.join(most)} nor {last}")
    return found


def _networks(_: Variable, text: str) -> list[str]:
    found = (golang.ipv4_network(item.strip(golang.SPACE)) for item in text.split(","))
    return [network for network in found if network is not None]


def skipped_cidrs(text: str) -> list[tuple[str, str]]:
    """Return the items of a CIDR list that the code skips, as written, each with the reason: ``has no mask``.

    Reads as pkg/networkutils/network.go:815 (parseCIDRString) does; the empty text has no items.
    """
    if not text:
        return []
    return [
        (item, _skipped(trimmed))
        for item in text.split(",")
        if golang.ipv4_network(trimmed := item.strip(golang.SPACE)) is None
    ]


def _skipped(item: str) -> str:
    """Tell why an item is no IPv4 network."""
    if not item:
        return "is empty"
    address, slash, _ = item.partition("/")
    if ":" in address and slash and _is_ipv6(address):
        return "is not IPv4"
    if not slash and golang.ipv4_network(f"{item}/32") is not None:
        return "has no mask"
    return "is not a CIDR"


def _is_ipv6(address: str) -> bool:
    import ipaddress  # noqa: PLC0415  # rare, and dear to import

    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


def _tags(_: Variable, text: str) -> dict[str, str]:
    """Read as json.Unmarshal into map[string]string (pkg/awsutils/awsutils.go:1830): null is empty, the last wins."""
    import json  # noqa: PLC0415  # few surfaces set tags

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("is not JSON") from None
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(tag is None or isinstance(tag, str) for tag in found.values()):
        raise Malformed("is not a JSON object of strings")
    return {_whole(name): _whole(tag or "") for name, tag in found.items()}


def _whole(text: str) -> str:
    """Return a JSON string with lone surrogates replaced, as Go does; what is left can be printed."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(variable: Variable, text: str) -> str:
    if variable.pattern and not _compiled(variable.pattern).fullmatch(text):
        raise Malformed("is empty" if not text else f"is not {expected(variable)}")
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_READERS: Final[dict[str, Callable[[Variable, str], object]]] = {
    "bool": _boolean,
    "int": _integer,
    "enum": _word,
    "mark": _mark,
    "cidrs": _networks,
    "tags": _tags,
}
