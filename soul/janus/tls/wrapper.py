"""pyOpenSSL's connection, with short ways to read and write.

pyOpenSSL prepares every call for arguments and errors that ours never have; for a small record that costs about as much
as OpenSSL itself. What is not public there is used only if it is as expected; otherwise its own methods are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from OpenSSL import SSL

if TYPE_CHECKING:
    from soul.janus.tls.sessions import Observations

_NO_WAY: Any = None


def _short_ways() -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """Return OpenSSL's read and write, what allocates memory for them, and what shows it as bytes."""
    try:
        binding, ffi = SSL._lib, SSL._ffi  # type: ignore[attr-defined]
        wanted = {"SSL_read": binding.SSL_read, "SSL_write": binding.SSL_write}
        kinds = {ffi.typeof(function).cname.replace("const ", "") for function in wanted.values()}
        if kinds != {"int(*)(SSL *, void *, int)"} or not hasattr(SSL.Connection, "_raise_ssl_error"):
            return (_NO_WAY,) * 4
        allocate = ffi.new_allocator(should_clear_after_alloc=False)
        return wanted["SSL_read"], wanted["SSL_write"], allocate, ffi.buffer
    except (AttributeError, TypeError):
        return (_NO_WAY,) * 4


_READ, _WRITE, _ALLOCATE, _SHOW = _short_ways()


class OpenSslConnection(SSL.Connection):
    """One OpenSSL connection. `seen` is what the callbacks note.

    pyOpenSSL asks OpenSSL about errors after every call; after one that went well the answer is known. Our callbacks
    never raise, so nothing else waits to be raised then.
    """

    seen: Observations

    def _raise_ssl_error(self, ssl: object, result: int) -> None:
        if result <= 0:
            super()._raise_ssl_error(ssl, result)

    def recv(self, bufsiz: int, flags: int | None = None) -> bytes:
        """See `SSL.Connection.recv`."""
        if _READ is _NO_WAY or flags is not None:
            return super().recv(bufsiz, flags)
        ssl = self._ssl
        memory = _ALLOCATE("char[]", bufsiz)
        count = _READ(ssl, memory, bufsiz)
        if count <= 0:
            self._raise_ssl_error(ssl, count)
        data: bytes = _SHOW(memory, count)[:]
        return data

    def send(self, buf: Any, flags: int = 0) -> int:
        """See `SSL.Connection.send`."""
        if _WRITE is _NO_WAY or type(buf) is not bytes:
            return super().send(buf, flags)
        ssl = self._ssl
        count: int = _WRITE(ssl, buf, len(buf))
        if count <= 0:
            self._raise_ssl_error(ssl, count)
        return count
