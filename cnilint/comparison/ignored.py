"""Variables of aws-node that have no effect beside others, so that a change of theirs changes nothing.

Each stands here with the settings beside which it is not looked at (pkg/ of amazon-vpc-cni-k8s v1.23.1): one of them is
enough. What is not known keeps nothing from an effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnilint.comparison.side import Side

# More than zero, where a number stands.
POSITIVE: Final = "positive"

_COUNTED: Final = (("WARM_IP_TARGET", POSITIVE), ("MINIMUM_IP_TARGET", POSITIVE))
_IPV6: Final = ("ENABLE_IPv6", True)
_NO_IPV6: Final = ("ENABLE_IPv6", False)
_NO_CUSTOM: Final = ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", False)
_EXTERNAL: Final = ("AWS_VPC_K8S_CNI_EXTERNALSNAT", True)
_NO_NETWORK: Final = ("DISABLE_NETWORK_RESOURCE_PROVISIONING", True)

IGNORED: Final[Mapping[str, tuple[tuple[str, object], ...]]] = {
    # ipamd/ipamd.go:2623-2657; under IPv6 there is no pool at all (771-780), nor without provisioning (787).
    "WARM_ENI_TARGET": (*_COUNTED, ("ENABLE_PREFIX_DELEGATION", True), _IPV6, _NO_NETWORK),
    # ipamd/ipamd.go:2679-2681; with prefixes it also keeps interfaces, whatever else is set (data_store.go:1074).
    "WARM_PREFIX_TARGET": (("ENABLE_PREFIX_DELEGATION", False), _IPV6, _NO_NETWORK),
    "WARM_IP_TARGET": (_IPV6, _NO_NETWORK),
    "MINIMUM_IP_TARGET": (_IPV6, _NO_NETWORK),
    # networkutils/network.go:443-446 and 803-806; AWS_VPC_K8S_CNI_RANDOMIZESNAT is read by the egress plugin as well
    "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS": (_EXTERNAL, _IPV6),
    # cmd/aws-vpc-cni/main.go:356-364: not even checked
    "POD_SECURITY_GROUP_ENFORCING_MODE": (("ENABLE_POD_ENI", False),),
    # ipamd/ipamd.go:1054
    "ENI_CONFIG_ANNOTATION_DEF": (_NO_CUSTOM,),
    "ENI_CONFIG_LABEL_DEF": (_NO_CUSTOM,),
    # cmd/aws-vpc-cni/main.go:231-261
    "ENABLE_V4_EGRESS": (_NO_IPV6,),
    "ENABLE_V6_EGRESS": (_IPV6,),
}


def beside(name: str, environment: Mapping[str, Side]) -> str:
    """Return the setting beside which a variable has no effect, empty where it may have one."""
    return next((other for other, wanted in IGNORED.get(name, ()) if _holds(environment.get(other), wanted)), "")


def _holds(side: Side | None, wanted: object) -> bool:
    if side is None or not side.known or side.same[:1] != ("value",):
        return False
    if wanted is POSITIVE:
        return isinstance(side.value, int) and side.value > 0
    return side.value is wanted
