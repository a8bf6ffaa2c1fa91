"""``NamedTuple`` as in ``typing``, made several times faster.

``typing.NamedTuple`` compiles the annotation of every field of every class at import. This program has some forty such
classes, and that alone would take as long as a bare Python takes to start. A type checker sees the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import namedtuple

    _NOT_COPIED = frozenset({"__annotations__", "__module__", "__qualname__", "__classcell__", "__static_attributes__"})

    class _Maker(type):
        """Make a named tuple of a class body: annotated names are fields, the rest is kept."""

        def __new__(cls, name, bases, body):  # noqa: ANN001, ANN204  # a metaclass that no type checker looks at
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body["__annotations__"])
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024
            for key, value in body.items():
                if key not in _NOT_COPIED and key not in fields:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """Base of the named tuples."""
