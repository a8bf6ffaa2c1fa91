"""The registries from which EKS serves its images: one a region, each in its own account, and a public gallery."""

from __future__ import annotations

import os.path
import re
from functools import cache

from cnilint.knowledge.versions import Image, image

PUBLIC = "public.ecr.aws"
GALLERY = "eks/"
OLDEST = "602401143452"  # the account of every region before accounts became regional

# ECR's names: plain, FIPS and dual-stack; the domains are those of the partitions in botocore's partitions.json.
_HOST = re.compile(
    r"([0-9]{12})\.(?:dkr\.ecr(?:-fips)?|dkr-ecr(?:-fips)?)\.([a-z0-9-]+)"
    r"\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)


@cache
def accounts() -> dict[str, str]:
    """Return the account of EKS's registry in each region; do not change it."""
    import json  # noqa: PLC0415  # read only where an image is judged

    with open(os.path.join(os.path.dirname(__file__), "registries.json"), encoding="utf-8") as file:
        found: dict[str, str] = json.load(file)["accounts"]
    return found


def is_eks_registry(host: str) -> bool:
    """Tell whether a registry is EKS's: its account is the one of its region; of an unknown region, the oldest account.

    ``public.ecr.aws`` is everybody's: ``from_eks`` looks at the repository too.
    """
    found = _HOST.fullmatch(host)
    return found is not None and accounts().get(found[2], OLDEST) == found[1]


def from_eks(of: Image) -> bool:
    """Tell whether an image comes from EKS, privately or through the public gallery."""
    return is_eks_registry(of.registry) or (of.registry == PUBLIC and of.repository.startswith(GALLERY))


def normalised(text: str) -> str:
    """Return the same name for the same image of EKS in whatever region; any other image's name as it is.

    ``eks/amazon-k8s-cni:v1.23.1`` is what 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.23.1 becomes.
    """
    of = image(text)
    if not from_eks(of):
        return text
    name = f"{GALLERY}{of.repository.rpartition('/')[2]}"
    return f"{name}{':' if of.tag else ''}{of.tag}{'@' if of.digest else ''}{of.digest}"
