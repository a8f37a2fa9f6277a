"""Listening sockets: which address and number a port gets, and why it could not."""

from __future__ import annotations

import errno
import os
import socket

ALL_ADDRESSES = "0.0.0.0"
BACKLOG = 1024

_CAUSES = {
    errno.EADDRINUSE: "port number {number} is in use on {host}",
    errno.EACCES: "port number {number} needs more rights than this process has; numbers from 1024 on do not",
    errno.EPERM: "port number {number} needs more rights than this process has; numbers from 1024 on do not",
    errno.EADDRNOTAVAIL: "{host} is not an address of this machine",
    errno.EAFNOSUPPORT: "{host} is an address of a kind that this machine does not support",
    errno.EMFILE: "no file descriptor is left",
    errno.ENFILE: "no file descriptor is left",
}


class CannotListen(Exception):
    """The address or number cannot be used; the text says why."""


def listen(host: str, number: int) -> socket.socket:
    """Return a non-blocking socket that listens on `host`:`number`; 0 takes any free number. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise CannotListen(_cause(error, host, number)) from None
    try:
        if os.name == "posix":
            # Elsewhere the option would let two programs share the number.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, number))
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise CannotListen(_cause(error, host, number)) from None
    return sock


def raise_descriptor_limit() -> int | None:
    """Raise the soft limit of open files to the hard one and return it; None where there is no such limit."""
    try:
        import resource
    except ImportError:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):
        return soft
    return hard


def _cause(error: OSError, host: str, number: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"{host} is not an address"
    text = _CAUSES.get(error.errno or 0)
    if text is not None:
        return text.format(host=host, number=number)
    return f"{host}:{number}: {error.strerror or error}"
