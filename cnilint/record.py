"""``NamedTuple`` as in ``typing``, made many times faster; a type checker sees the original.

``typing.NamedTuple`` compiles the annotation of every field of every class at import, and ``collections.namedtuple`` a
constructor for each class. This program has some forty such classes: that would take longer than a bare Python takes to
start. These classes share one constructor instead.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    _NOT_KEPT = frozenset({"__annotations__", "__classcell__", "__static_attributes__"})

    class _Record(tuple):
        """What all named tuples can do."""

        __slots__ = ()
        _fields = ()
        _field_defaults = {}  # noqa: RUF012  # each class has its own

        def __new__(cls, *values, **named):  # noqa: ANN002, ANN003, ANN204  # no type checker looks here
            if named or len(values) != len(cls._fields):
                values = _filled(cls, values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values):  # noqa: ANN001, ANN206
            return cls(*values)

        def _replace(self, **named):  # noqa: ANN003, ANN202
            return type(self)(**{**self._asdict(), **named})

        def _asdict(self):  # noqa: ANN202
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):  # noqa: ANN204
            shown = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):  # noqa: ANN204
            return tuple(self)

    def _filled(cls, values, named):  # noqa: ANN001, ANN202
        """Return all values of a tuple of which some were named or left to their defaults."""
        found = dict(zip(cls._fields, values, strict=False))
        twice = found.keys() & named.keys()
        found = {**cls._field_defaults, **found, **named}
        missing = [name for name in cls._fields if name not in found]
        if twice or missing or len(found) != len(cls._fields) or len(values) > len(cls._fields):
            unknown = sorted(found.keys() - set(cls._fields))
            raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}: {missing=} {unknown=} {twice=}")
        return [found[name] for name in cls._fields]

    class _Maker(type):
        """Make a named tuple of a class body: annotated names are fields, the rest is kept."""

        def __new__(cls, name, bases, body):  # noqa: ANN001, ANN204
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body["__annotations__"])
            kept = {key: value for key, value in body.items() if key not in _NOT_KEPT and key not in fields}
            kept["__slots__"] = ()
            kept["__match_args__"] = kept["_fields"] = fields
            kept["_field_defaults"] = {field: body[field] for field in fields if field in body}
            kept.update((field, property(itemgetter(index))) for index, field in enumerate(fields))
            return type(name, (_Record,), kept)

    class NamedTuple(metaclass=_Maker):
        """Base of the named tuples."""
