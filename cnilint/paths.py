"""Where the data files are: inside the package when installed, beside it in a checkout.

``importlib.resources`` and ``pathlib`` would do the same and cost a good part of a bare Python's start to import.
"""

from __future__ import annotations

import os.path

HERE = os.path.dirname(os.path.abspath(__file__))


def shipped(name: str) -> str:
    """Return the folder or file ``name`` (``rules``, ``schemas``) that came with this cnilint."""
    inside = os.path.join(HERE, name)
    return inside if os.path.exists(inside) else os.path.join(os.path.dirname(HERE), name)
