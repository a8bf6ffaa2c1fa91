"""MIME multipart archives, as EC2 user data: their parts, each a text with places in the file.

Read as cloud-init and nodeadm do (amazon-eks-ami nodeadm/internal/configprovider/mime.go): headers up to an empty line,
then parts between lines that start with two dashes and the boundary.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple
from cnilint.source.inset import Inset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text

_BLANK: Final = re.compile(r"(?:\A|\r?\n)[ \t]*\r?\n")
_TYPE: Final = r"(?im)^content-type[ \t]*:[ \t]*(?P<type>[^\s;]+)(?P<more>[^\n]*(?:\n[ \t]+[^\n]*)*)"
_BOUNDARY: Final = r"(?i)\bboundary[ \t]*=[ \t]*(?:\"(?P<quoted>[^\"\n]*)\"|(?P<bare>[^\s;]+))"


class Part(NamedTuple):
    """One part: its media type in lower case, whether its content is encoded (base64), and its content."""

    type: str
    encoded: bool
    body: Text


def parts(text: Text) -> Iterator[Part]:
    """Yield the parts of an archive; none where it tells no boundary."""
    content = text.content
    begin = len(content) - len(content.lstrip())
    head = _BLANK.search(content, begin)
    found = re.search(_TYPE, content[begin : head.start() if head else len(content)])
    boundary = re.search(_BOUNDARY, found["more"]) if found else None
    if head is None or boundary is None:
        return
    line = re.compile(rf"(?m)^--{re.escape(boundary['quoted'] or boundary['bare'] or '')}(?P<last>--)?[ \t]*\r?$")
    marks = list(line.finditer(content, head.end() - 1))
    for index, mark in enumerate(marks):
        if mark["last"]:
            return
        stop = marks[index + 1].start() if index + 1 < len(marks) else len(content)
        yield _part(text, min(mark.end() + 1, stop), stop)


def _part(text: Text, start: int, stop: int) -> Part:
    head = _BLANK.search(text.content, start - 1, stop)
    headers = text.content[start : head.start() if head else stop]
    begin = head.end() if head else stop
    found = re.search(_TYPE, headers)
    encoded = re.search(r"(?im)^content-transfer-encoding[ \t]*:[ \t]*base64\b", headers) is not None
    body = Inset(text, text.content[begin:stop], [(begin, stop - begin)], None)
    return Part(found["type"].lower() if found else "text/plain", encoded, body)
