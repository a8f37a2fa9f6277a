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
    """Save a found set for a later request. The feature is off (SRSMAX=0).

    Arguments: name, the label of the Find or `LIST name`; timeout in seconds; variable that receives the return code;
    options.
    Result: null, and return code 2.
    Example:
        %rc is float
        Print '[' $Web_Save_Recset('FOUND', 600, %rc) '] ' %rc
    Prints:
        [] 2
    Page: m204wiki, $Web_Save_Recset
    """
    return _off(rcvar)


@FAMILY.function("$Web_Save_List", page="$Web_Save_Recset")
def web_save_list(
    list_: Value, timeout: int | None = None, rcvar: Reference | None = None, opts: str | None = None
) -> str:
    """Save a $list for a later request. The feature is off (SRSMAX=0).

    Arguments: list; timeout in seconds; variable that receives the return code; options.
    Result: null, and return code 2.
    Example:
        %rc is float
        Print '[' $Web_Save_List($ListNew, 600, %rc) '] ' %rc
    Prints:
        [] 2
    Page: m204wiki, $Web_Save_Recset
    """
    return _off(rcvar)


@FAMILY.function("$Web_Restore_Recset", "$Web_Rest_Recset", page="$Web_Restore_Recset")
def web_restore_recset(identifier: str, name: str | None = None) -> int:
    """Restore a saved found set. The feature is off (SRSMAX=0).

    Arguments: identifier that $Web_Save_Recset returned; name.
    Result: 2.
    Example:
        Print $Web_Restore_Recset('0123456789ABCDEF')
    Prints:
        2
    Page: m204wiki, $Web_Restore_Recset
    """
    return int(FEATURE_OFF)


@FAMILY.function("$Web_Rest_List", "$Web_Restore_List", page="$Web_Save_Recset")
def web_rest_list(identifier: str, list_: Value | None = None) -> int:
    """Restore a saved $list. The feature is off (SRSMAX=0).

    Arguments: identifier that $Web_Save_List returned; list.
    Result: 2.
    Example:
        Print $Web_Restore_List('0123456789ABCDEF')
    Prints:
        2
    Page: m204wiki, $Web_Save_Recset
    """
    return int(FEATURE_OFF)
