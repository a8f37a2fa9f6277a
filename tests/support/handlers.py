"""Handlers of web requests for tests, and what came of them."""

from __future__ import annotations

from soul.janus.http.message import HttpResponse
from soul.runtime.errors import cancelled


def text(response: HttpResponse) -> str:
    return response.body.decode()


def say(*texts: str):
    """Return a handler that prints texts and the userid."""

    def code(program):
        program.print(*texts, program.thread.userid)

    return code


def fail(program):
    program.print("half a page")
    raise cancelled("the secret reason")
