"""Names of environment variables: those that belong to others, and the one a misspelt name was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CUTOFF = 0.75  # difflib's ratio of whole names; _alike decides among what is left
PART = 0.65  # the same of two parts between underscores
SHORT = 3  # letters a part needs to be short for another: MIN for MINIMUM

# Read by the AWS SDK, the Go runtime and its libraries, the C library or the shell, or written by Kubernetes.
FOREIGN = frozenset(
    """
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ACCOUNT_ID AWS_ACCOUNT_ID_ENDPOINT_MODE
    AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_DEFAULT_REGION AWS_DEFAULTS_MODE
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
    AWS_ROLE_SESSION_NAME AWS_STS_REGIONAL_ENDPOINTS AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_SDK_UA_APP_ID
    AWS_ENABLE_ENDPOINT_DISCOVERY AWS_EC2_METADATA_V1_DISABLED AWS_DISABLE_REQUEST_COMPRESSION
    AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES AWS_REQUEST_CHECKSUM_CALCULATION AWS_RESPONSE_CHECKSUM_VALIDATION
    AWS_SDK_LOAD_CONFIG AWS_METADATA_SERVICE_TIMEOUT AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_AUTH_SCHEME_PREFERENCE
    HTTP_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
    GODEBUG GOGC GOMAXPROCS GOMEMLIMIT GOTRACEBACK GOCOVERDIR SSL_CERT_FILE SSL_CERT_DIR
    HOME HOSTNAME LANG LANGUAGE LOGNAME PATH PWD SHELL SHLVL TERM TMPDIR TZ USER LD_LIBRARY_PATH LD_PRELOAD
    XTABLES_LOCKFILE
    """.split()  # noqa: SIM905  # reads better than one string a line
)
FOREIGN_STARTS = ("AWS_ENDPOINT_URL_", "KUBERNETES_", "GRPC_", "LC_", "OTEL_")
FOREIGN_ENDS = ("_SERVICE_HOST", "_SERVICE_PORT")


def foreign(name: str) -> bool:
    """Tell whether a program that is not the VPC CNI is known to read this name."""
    return name in FOREIGN or name.startswith(FOREIGN_STARTS) or name.endswith(FOREIGN_ENDS)


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that ``name`` is most likely a misspelling of, or None.

    Names with the same letters and digits come first. Of the others, a candidate must be alike part by part (between
    underscores or dashes), so that a shared beginning is not enough, and may not turn ENABLE into DISABLE.
    """
    names = list(candidates)
    same = next((candidate for candidate in names if "".join(_parts(candidate)) == "".join(_parts(name))), None)
    if same is not None:
        return same
    import difflib  # noqa: PLC0415  # only where a name is unknown

    near = difflib.get_close_matches(name, names, n=3, cutoff=CUTOFF)
    return next((candidate for candidate in near if _alike(_parts(name), _parts(candidate))), None)


def _parts(name: str) -> list[str]:
    return name.upper().replace("-", "_").split("_")


def _alike(left: list[str], right: list[str]) -> bool:
    """Tell whether two names agree part by part, or but for one part that only one of them has."""
    if {left[0], right[0]} == {"ENABLE", "DISABLE"}:
        return False
    if len(left) == len(right):
        return all(a == b or _part(a, b) for a, b in zip(left, right, strict=True))
    short, long = sorted((left, right), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))


def _part(one: str, other: str) -> bool:
    """Tell whether one part is short for, or a misspelling of, the other; IPV4 is none of IPV6."""
    if [sign for sign in one if sign.isdigit()] != [sign for sign in other if sign.isdigit()]:
        return False
    import difflib  # noqa: PLC0415  # only where a name is unknown

    if len(one) >= SHORT and other.startswith(one):
        return True
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= PART
