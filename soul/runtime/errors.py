"""The ways a running request ends before its End, and what becomes of the traceback of a fault of this system."""

from __future__ import annotations

from soul.runtime.messages import RUNTIME_MESSAGES, Message


class RequestCancelled(Exception):
    """An error that cancels the request: On Error runs, then the request ends.

    `message` and `fields` say why; `text` is the finished message text.
    """

    def __init__(self, message: Message, **fields: object) -> None:
        self.message = message
        self.text = message.text.format(**fields) if fields else message.text
        super().__init__(f"{message.number}: {self.text}")


def cancelled(text: str) -> RequestCancelled:
    """Return a cancellation with a text of our own (SOUL.0002), for causes without a documented number."""
    return RequestCancelled(RUNTIME_MESSAGES["SOUL.0002"], text=text)


class SoulException(Exception):
    """A SOUL exception object on its way to a Catch; uncaught, it cancels the request (MSIR.0751).

    `class_name` is the documented exception class; `properties` are what the Catch block can read.
    """

    def __init__(self, class_name: str, **properties: str | float) -> None:
        self.class_name = class_name
        self.properties = properties
        super().__init__(class_name)


class Stopped(BaseException):
    """The request was stopped from outside (FORCE, BUMP, time limit, shutdown).

    A BaseException, so that nothing generated for ordinary errors swallows it.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StopStatement(Exception):
    """The Stop statement: the request ends normally."""


def log_internal_error(name: str, text: str, error: BaseException) -> None:
    """Give a traceback to those who ask for it: users of the Python logger `name`, below `soul`."""
    import logging

    if not logging.getLogger("soul").handlers:
        logging.getLogger("soul").addHandler(logging.NullHandler())
    logging.getLogger(name).error(text, exc_info=error)
