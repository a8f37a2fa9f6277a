"""The messages of the $functions. No number is documented for these, so they are SOUL.01nn.

Source of the behaviour: the page of each function; m204wiki, List of mathematical $functions.
"""

from __future__ import annotations

from soul.runtime.errors import RequestCancelled
from soul.runtime.messages import Message, MessageTable

FUNCTION_MESSAGES = MessageTable(
    Message("SOUL.0101", "{function}: INVALID ARGUMENT: {detail}"),
    Message("SOUL.0102", "{function}: INVALID ARGUMENT: {detail}", cancels=True),
    Message("SOUL.0103", "{function}: ARGUMENT {argument} IS REQUIRED", cancels=True),
    Message("SOUL.0104", "{function}: {detail}", cancels=True),
    Message("SOUL.0105", "{function}: {detail}"),
    Message("SOUL.0106", "{function}: DATE ERROR: {detail}", cancels=True),
    Message("SOUL.0107", "{function}: DATE ERROR: {detail}"),
    Message("SOUL.0108", "{function}: THE REGULAR EXPRESSION NEEDS TOO MANY STEPS ON THIS STRING", cancels=True),
)

INVALID_ARGUMENT = FUNCTION_MESSAGES["SOUL.0101"]
FAILURE = FUNCTION_MESSAGES["SOUL.0105"]
DATE_WARNING = FUNCTION_MESSAGES["SOUL.0107"]


def invalid(function: str, detail: str) -> RequestCancelled:
    """Return the cancellation for an argument outside its documented range."""
    return RequestCancelled(FUNCTION_MESSAGES["SOUL.0102"], function=function, detail=detail)


def missing(function: str, argument: str) -> RequestCancelled:
    """Return the cancellation for an omitted argument that the page requires."""
    return RequestCancelled(FUNCTION_MESSAGES["SOUL.0103"], function=function, argument=argument)


def failed(function: str, detail: str) -> RequestCancelled:
    """Return the cancellation for a function that cannot do its work."""
    return RequestCancelled(FUNCTION_MESSAGES["SOUL.0104"], function=function, detail=detail)


def date_error(function: str, detail: str) -> RequestCancelled:
    """Return the cancellation for a date error under error control CANCEL."""
    return RequestCancelled(FUNCTION_MESSAGES["SOUL.0106"], function=function, detail=detail)


def too_many_steps(function: str) -> RequestCancelled:
    """Return the cancellation for a regular expression that exceeds its step limit."""
    return RequestCancelled(FUNCTION_MESSAGES["SOUL.0108"], function=function)
