"""Releases as numbers, and the parts of an image's name.

A release is written ``v1.18.1``; EKS adds its own build: ``v1.18.1-eksbuild.3``. Only the three numbers order releases.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cnilint.record import NamedTuple

_VERSION = r"v?([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})(?:[-+_][0-9A-Za-z._+-]*)?"


class Image(NamedTuple):
    """The parts of an image's name; those not written are empty, ``version`` is None unless the tag tells it."""

    registry: str
    repository: str
    tag: str
    digest: str
    version: str | None


@lru_cache(maxsize=512)
def parsed(text: str) -> tuple[int, int, int] | None:
    """Return the three numbers of ``v1.18.1-eksbuild.3`` or ``1.18.1``, or None for any other text."""
    found = re.fullmatch(_VERSION, text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


@lru_cache(maxsize=512)
def release(text: str) -> str | None:
    """Return the release ``v1.18.1`` that a tag such as ``v1.18.1-eksbuild.3`` was built from."""
    found = re.fullmatch(_VERSION, text)
    return f"v{int(found[1])}.{int(found[2])}.{int(found[3])}" if found else None


def minor(text: str) -> str | None:
    """Return the version ``1.31`` of Kubernetes that ``v1.31.2`` or ``1.31`` names, or None for any other text."""
    found = re.fullmatch(r"v?([0-9]{1,3}\.[0-9]{1,3})(?:\.[0-9]{1,6})?(?:[-+][0-9A-Za-z.+-]*)?", text)
    return found[1] if found else None


def before(one: str, other: str) -> bool:
    """Tell whether release ``one`` is older than release ``other``; False where either is no release."""
    left, right = parsed(one), parsed(other)
    return left is not None and right is not None and left < right


@lru_cache(maxsize=512)
def image(text: str) -> Image:
    """Return the parts of ``registry:port/repository:tag@digest``; ``latest`` or ``${TAG}`` tell no version.

    The first part is a registry where it has a dot or a colon or is ``localhost``, as container runtimes decide it.
    """
    name, _, digest = text.strip().partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    registry, _, rest = head.partition("/")
    if not any(sign in registry for sign in ".:$") and registry != "localhost":
        registry, rest = "", head
    repository = f"{rest}{slash if rest else ''}{last}"
    return Image(registry, repository, tag, digest, release(tag))
