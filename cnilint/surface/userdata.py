"""EC2 user data, a file or a string: MIME archives, shell, PowerShell, cloud-config, NodeConfig, Bottlerocket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.source.inset import inset
from cnilint.source.mime import parts
from cnilint.source.plain import child
from cnilint.source.yaml import ScalarNode, SequenceNode, documents, span
from cnilint.surface import bootstrap, bottlerocket
from cnilint.surface.bottlerocket import alone
from cnilint.surface.kubelet import FLAG, NOTHING, Kubelet, Stated, is_node_config, node_config, whole

if TYPE_CHECKING:
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

_TEMPLATE: Final = r"\$\{|\{\{|%\{|\{%"
_ARCHIVE: Final = re.compile(r"\s*(?:mime-version|content-type)[ \t]*:", re.IGNORECASE)
_POWERSHELL: Final = re.compile(r"\s*<powershell>", re.IGNORECASE)


def read(text: Text) -> list[Surface]:
    """Return the surface of a file that is user data and says something of max pods.

    Raises SourceError where a part of it that is YAML or TOML is broken.
    """
    return alone(text, kubelet(text), "user-data")


def kubelet(text: Text) -> Kubelet:
    """Return what user data gives kubelet; what it is, is told from its beginning, as cloud-init does.

    Raises SourceError where a part of it that is YAML or TOML is broken and no template.
    """
    content = text.content
    if _ARCHIVE.match(content):
        return _archive(text)
    start = content.lstrip()
    if start.startswith("#cloud-config"):
        return _lenient(text, "cloud-config")
    if start.startswith("#!"):
        return bootstrap.kubelet(text)
    if _POWERSHELL.match(content):
        return bootstrap.windows(text)
    if re.search(r"(?m)^[ \t]*\[settings[.\]]", content):
        return bottlerocket.kubelet(text)
    return _lenient(text, "node-config") if "node.eks.aws/" in content else NOTHING


def _archive(text: Text) -> Kubelet:
    """Return what the parts say; nodeadm lays its parts over each other, a script beside them makes it unknown."""
    nodeadm, scripts = NOTHING, NOTHING
    for part in parts(text):
        if part.encoded:
            scripts = scripts._replace(hidden=True)
        elif part.type == "application/node.eks.aws":
            nodeadm = _lenient(part.body, "node-config").over(nodeadm)
        elif part.type == "text/x-shellscript":
            scripts = _beside(scripts, bootstrap.kubelet(part.body))
        elif part.type == "text/cloud-config":
            scripts = _beside(scripts, _lenient(part.body, "cloud-config"))
    return _beside(nodeadm, scripts)


def _beside(one: Kubelet, other: Kubelet) -> Kubelet:
    """Return what holds of two that run beside each other: of two that both speak, nobody knows which wins."""
    if other.silent or one.silent:
        return one if other.silent else other
    return one.over(other)._replace(hidden=True)


def _lenient(text: Text, form: str) -> Kubelet:
    """Return what YAML says; a template that is no YAML hides what it says."""
    try:
        roots = list(documents(text))
    except SourceError:
        if re.search(_TEMPLATE, text.content):
            return NOTHING._replace(hidden=re.search(r"max-?pods", text.content, re.IGNORECASE) is not None)
        raise
    found = NOTHING
    for root in roots:
        if form == "node-config" and is_node_config(root):
            found = node_config(text, root).over(found)
        elif form == "cloud-config":
            found = _beside(found, _cloud_config(text, root))
    return found


def _cloud_config(text: Text, root: Node) -> Kubelet:
    """Return what the commands say (``runcmd``, ``bootcmd``); a file that is written may say anything."""
    found = NOTHING
    for key in ("bootcmd", "runcmd"):
        listed = child(root, key)
        for item in listed.value if isinstance(listed, SequenceNode) else []:
            if isinstance(item, ScalarNode):
                found = _beside(found, bootstrap.kubelet(inset(text, item)))
            elif isinstance(item, SequenceNode):
                found = _beside(found, _words(text, item))
    written = child(root, "write_files")
    return found._replace(hidden=True) if written is not None and _mentions(written) else found


def _mentions(node: Node) -> bool:
    """Tell whether a file that is written tells max pods."""
    items = node.value if isinstance(node, SequenceNode) else []
    contents = (child(item, "content") for item in items)
    return any(isinstance(item, ScalarNode) and re.search(r"(?i)max_?-?pods", item.value) for item in contents)


def _words(text: Text, command: SequenceNode) -> Kubelet:
    """Return what a command that is written as a list of its words says."""
    words = [item for item in command.value if isinstance(item, ScalarNode)]
    for item in words:
        match = re.search(FLAG, item.value)
        if match:
            inner = inset(text, item)
            return Kubelet(flag=Stated(whole(match["value"]), inner.span(*match.span("value"))))
    values = [item.value for item in words]
    at = values.index("--use-max-pods") + 1 if "--use-max-pods" in values else len(values)
    if at >= len(values) or values[at] != "false":
        return NOTHING
    seen = not any("$" in value or "{{" in value for value in values)
    return Kubelet(config=Stated(bootstrap.DEFAULT_MAX_PODS if seen else None, span(text, words[at])))
