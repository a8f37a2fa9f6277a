"""Error $functions: the last and first error message of a thread, and its error counter.

Source: m204wiki, $ErrMsg; $Fsterr; $ErrSet.
"""

from __future__ import annotations

from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("errors")

ERRMSGL = 80  # m204wiki, $ErrMsg: default of the parameter, at most 256
ERRMSGL_HIGHEST = 256


@FAMILY.function("$ErrMsg", page="$ErrMsg")
def errmsg(thread: Thread) -> str:
    """Return the last error message.

    Arguments: none.
    Result: prefix and text of the last counting or cancelling message, at most ERRMSGL less one characters; null when
    there was none since the login or $ErrClr.
    Example: $ErrMsg -> (null)
    Page: m204wiki, $ErrMsg
    """
    return thread.last_error


@FAMILY.function("$FstErr", page="$Fsterr")
def fsterr(thread: Thread) -> str:
    """Return the first error message since the counter was reset.

    Arguments: none.
    Result: as $ErrMsg.
    Example: $FstErr -> (null)
    Page: m204wiki, $Fsterr
    """
    return thread.first_error


@FAMILY.function("$ErrClr", page="$ErrClr")
def errclr(thread: Thread) -> int:
    """Clear $ErrMsg and $FstErr.

    Arguments: none.
    Result: 0.
    Example: $ErrClr -> 0
    Page: m204wiki, $ErrMsg
    """
    thread.last_error = thread.first_error = ""
    return 0


@FAMILY.function("$ErrSet", page="$ErrSet")
def errset(thread: Thread, text: str | None = None) -> int:
    """Set $ErrMsg and count an error, or clear both.

    Arguments: text of the message; null or omitted clears the message and sets the counter to 0.
    Result: the error counter.
    Example: $ErrSet('NASTY ERROR') -> 1
    Example: $ErrSet -> 0
    Page: m204wiki, $ErrSet
    """
    if not text:
        thread.last_error = thread.first_error = ""
        thread.error_count = 0
        return 0
    length = min(thread.parameters.number("ERRMSGL", ERRMSGL), ERRMSGL_HIGHEST) - 1
    thread.error_count += 1
    thread.last_error = text[: max(length, 0)]
    thread.first_error = thread.first_error or thread.last_error
    if thread.error_counted is not None:
        thread.error_counted()
    return thread.error_count
