"""$Web_ functions that keep record sets and lists between requests.

The feature is off unless SRSMAX is set above 0 (m204wiki, SRSMAX parameter), and there are no record sets to save here
yet: the functions answer as they do on a system where it is off.
"""

from __future__ import annotations

from soul.runtime.functions.registry import Family
from soul.runtime.values import Reference, Value

FAMILY = Family("web saved sets")

FEATURE_OFF = 2.0


def _off(code: Reference | None) -> str:
    if code is not None:
        code.set(FEATURE_OFF)
    return ""


@FAMILY.function("$Web_Save_Recset", page="$Web_Save_Recset")
def web_save_recset(
    name: str, timeout: int | None = None, rcvar: Reference | None = None, opts: str | None = None
) -> str:
    """Save a found set for a later request. Null, and return code 2: the feature is off (SRSMAX=0)."""
    return _off(rcvar)


@FAMILY.function("$Web_Save_List", page="$Web_Save_Recset")
def web_save_list(
    list_: Value, timeout: int | None = None, rcvar: Reference | None = None, opts: str | None = None
) -> str:
    """Save a $list for a later request. Null, and return code 2: the feature is off (SRSMAX=0)."""
    return _off(rcvar)


@FAMILY.function("$Web_Restore_Recset", "$Web_Rest_Recset", page="$Web_Restore_Recset")
def web_restore_recset(identifier: str, name: str | None = None) -> int:
    """Restore a saved found set. 2: the feature is off (SRSMAX=0)."""
    return int(FEATURE_OFF)


@FAMILY.function("$Web_Rest_List", "$Web_Restore_List", page="$Web_Save_Recset")
def web_rest_list(identifier: str, list_: Value | None = None) -> int:
    """Restore a saved $list. 2: the feature is off (SRSMAX=0)."""
    return int(FEATURE_OFF)
