"""Scripts that start kubelet: arguments of /etc/eks/bootstrap.sh and of Windows' Start-EKSBootstrap.ps1.

A script is text here, never run: what stands in a branch, behind a variable, or is written by another tool counts as
unseen. Of bootstrap.sh (amazon-eks-ami templates/al2/runtime/bootstrap.sh): ``--use-max-pods`` is true unless given,
and writes the figure of the instance type into kubelet's configuration; ``--kubelet-extra-args`` are flags, which win.
USE_MAX_PODS and KUBELET_EXTRA_ARGS do the same where no argument does, but the call that gives arguments may stand
elsewhere: EKS adds one for its node groups.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.surface.kubelet import FLAG, NOTHING, Kubelet, Stated, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text

# kubelet's own, where its configuration and its flags give none (kubelet.config.k8s.io/v1beta1).
DEFAULT_MAX_PODS: Final = 110
_USE: Final = r"(?:--use-max-pods(?:=|[ \t]+)|(?P<variable>\bUSE_MAX_PODS=))[\"']?(?P<value>[^\s\"'`;)]*)"
_HEREDOC: Final = r"<<-?[ \t]*[\"'\\]?(?P<end>\w+)[\"']?[^\n]*\n(?:.*\n){0,199}?[ \t]*(?P=end)[ \t]*$"
_COMMENT: Final = r"(?<![^\s;&|(])#[^\n]*"
_STRING: Final = r"'[^']*'|\"(?:\\[\s\S]|[^\"\\])*\""
_BRANCH: Final = (
    r"(?:^|[;&|]|\b(?:then|do|else)\b)[ \t]*(?:(?P<open>if|case|for|while|until|select)\b|(?P<close>fi|esac|done)\b)"
    r"|^[ \t]*(?P<function>function[ \t]+[\w-]+|[\w-]+[ \t]*\(\))|^(?P<end>\})"
)
# A template's own branches, and what edits kubelet's configuration by other means.
_TEMPLATE: Final = r"%\{|\{%|\{\{-?[ \t]*(?:if|range|with|else|end)\b"
_EDITED: Final = r"maxPods|max-pods-calculator|\bMAX_PODS\b"
# A script that gives max pods more often than this is none that people write.
_MANY: Final = 20
_HOLE: Final = r"\$|\{\{|`"


def kubelet(text: Text) -> Kubelet:
    """Return what a shell script gives kubelet."""
    live, bare = _masked(text.content)
    if re.search(_TEMPLATE, live):
        return NOTHING._replace(hidden=_mentions(live))
    flags = [Stated(whole(match["value"]), text.span(*match.span("value"))) for match in re.finditer(FLAG, live)]
    if flags:
        places = [item.at.start for item in flags]
        sure = len(flags) <= _MANY and all(_argument(live, at) and not _branched(bare, live, at) for at in places)
        return _one(flags, hidden=not sure)
    if re.search(_EDITED, live):
        return Kubelet(hidden=True)
    uses = list(re.finditer(_USE, live))
    off = [use for use in uses if use["value"] == "false"]
    if not off:
        return NOTHING
    open_ = len(uses) > _MANY or any(use["variable"] or _branched(bare, live, use.start()) for use in uses)
    open_ = open_ or len(off) < len(uses) or _unseen_args(live)
    at = text.span(*off[-1].span("value"))
    return Kubelet(config=Stated(None if open_ else DEFAULT_MAX_PODS, at))


def windows(text: Text) -> Kubelet:
    """Return what a PowerShell script gives kubelet (``-KubeletExtraArgs``)."""
    live = re.sub(r"(?s)<#.*?#>|(?<![^\s;(])#[^\n]*", lambda match: _blank(match[0]), text.content)
    bare = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", lambda match: _blank(match[0]), live)
    found = [Stated(whole(match["value"]), text.span(*match.span("value"))) for match in re.finditer(FLAG, live)]
    inside = (bare[: item.at.start] for item in found)
    hidden = re.search(_TEMPLATE, live) is not None or any(head.count("{") > head.count("}") for head in inside)
    return (_one(found, hidden=hidden) if found else NOTHING)._replace(windows=True)


def _one(flags: list[Stated], *, hidden: bool) -> Kubelet:
    """Return the one value that a script gives; several, or one in a branch, cannot be told apart."""
    known = {item.pods for item in flags}
    return Kubelet(flag=flags[-1] if len(known) == 1 and not hidden else Stated(None, flags[-1].at))


def _masked(content: str) -> tuple[str, str]:
    """Return a script without its comments, and without its strings and inline documents too, at equal offsets."""
    live, bare, at = [], [], 0
    for match in re.finditer(rf"(?m)(?P<doc>{_HEREDOC})|(?P<comment>{_COMMENT})|(?P<string>{_STRING})|\\.", content):
        between = content[at : match.start()]
        live += [between, _blank(match[0]) if match["comment"] else match[0]]
        bare += [between, _blank(match[0])]
        at = match.end()
    kept = "".join([*live, content[at:]])
    kept = re.sub(r"(?m)^[ \t]*#[^\n]*", lambda match: _blank(match[0]), kept)
    return kept, "".join([*bare, content[at:]])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _mentions(content: str) -> bool:
    return re.search(rf"--max-pods|{_EDITED}|{_USE}", content) is not None


def _branched(bare: str, live: str, offset: int) -> bool:
    """Tell whether an offset lies in a branch, a loop, a function, or behind a test on its own line."""
    depth = sum(_steps(bare[:offset]))
    begin = _line(bare, offset)
    head = bare[begin:offset]
    return depth > 0 or "||" in head or ("&&" in head and re.search(r"\[|\btest\b", live[begin:offset]) is not None)


def _line(content: str, offset: int) -> int:
    """Return where the command at an offset starts; a backslash joins lines."""
    return max((match.end() for match in re.finditer(r"(?<!\\)\n|;", content[:offset])), default=0)


def _argument(live: str, offset: int) -> bool:
    """Tell whether what stands at an offset is an argument of bootstrap.sh for kubelet."""
    return "--kubelet-extra-args" in live[_line(live, offset) : offset]


def _steps(bare: str) -> Iterator[int]:
    functions = 0
    for match in re.finditer(rf"(?m){_BRANCH}", bare):
        if match["function"]:
            functions += 1
            yield 1
        elif match["end"]:
            yield -1 if functions else 0
            functions = max(0, functions - 1)
        else:
            yield 1 if match["open"] else -1


def _unseen_args(live: str) -> bool:
    """Tell whether kubelet may be given flags, or bootstrap.sh arguments, that stand in a variable."""
    extra = re.search(r"(?:--kubelet-extra-args[ \t=]+|KUBELET_EXTRA_ARGS=)(?P<args>'[^']*'|\"[^\"]*\"|\S*)", live)
    if extra and re.search(_HOLE, extra["args"]):
        return True
    calls = re.findall(r"bootstrap\.sh((?:[^\n;\\]|\\\r?\n)*)", live)
    return any(re.search(_HOLE, _others(call)) for call in calls)


def _others(call: str) -> str:
    """Return the arguments of a call but for the cluster's name and the options that have nothing to do with pods."""
    value = r"(?:'[^']*'|\"[^\"]*\"|\S+)"
    rest = re.sub(rf"--(?!kubelet-extra-args)[\w-]+(?:[ \t]+|=){value}", " ", call.replace("\\\n", " "))
    return re.sub(rf"\A\s*{value}", " ", rest, count=1)
