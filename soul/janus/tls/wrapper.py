"""pyOpenSSL's connection, with short ways to read, to write and to hear of a handshake.

pyOpenSSL prepares every call for arguments and errors that ours never have; for a small record that costs about as much
as OpenSSL itself. What is not public there is used only if it is as expected; otherwise its own methods are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from OpenSSL import SSL

if TYPE_CHECKING:
    from soul.janus.tls.sessions import Observations

STEP = SSL.SSL_CB_ACCEPT_LOOP
DONE = SSL.SSL_CB_HANDSHAKE_DONE
ALERT = SSL.SSL_CB_ALERT

_INFO = "void (*)(const SSL *, int, int)"


class _ShortWays(NamedTuple):
    """OpenSSL's own functions, what gives memory to them, shows it as bytes, and makes callbacks."""

    read: Callable[..., Any]
    write: Callable[..., Any]
    tell: Callable[..., Any]
    allocate: Callable[..., Any]
    show: Callable[..., Any]
    callback: Callable[..., Any]
    connections: Any  # by OpenSSL's pointer


def _short_ways() -> _ShortWays | None:
    """Return the short ways, None when pyOpenSSL is not as expected."""
    try:
        binding, ffi, connection = SSL._lib, SSL._ffi, SSL.Connection  # type: ignore[attr-defined]
        functions = (binding.SSL_read, binding.SSL_write, binding.SSL_CTX_set_info_callback)
        kinds = [ffi.typeof(function).cname.replace("const ", "") for function in functions]
        record = "int(*)(SSL *, void *, int)"
        if kinds != [record, record, "void(*)(SSL_CTX *, void(*)(SSL *, int, int))"]:
            return None
        if not hasattr(connection, "_raise_ssl_error"):
            return None
        allocate = ffi.new_allocator(should_clear_after_alloc=False)
        return _ShortWays(*functions, allocate, ffi.buffer, ffi.callback, connection._reverse_mapping)
    except (AttributeError, TypeError):
        return None


SHORT = _short_ways()
_ending: set[object] = set()  # pointers to connections that are between the end of the handshake and their last ticket


class OpenSslConnection(SSL.Connection):
    """One OpenSSL connection. `seen` is what the callbacks note.

    pyOpenSSL asks OpenSSL about errors after every call; after one that went well the answer is known. Our callbacks
    never raise, so nothing else waits to be raised then.
    """

    seen: Observations

    def _raise_ssl_error(self, ssl: object, result: int) -> None:
        if result <= 0:
            super()._raise_ssl_error(ssl, result)

    def do_handshake(self) -> None:
        """See `SSL.Connection.do_handshake`."""
        try:
            super().do_handshake()
        except (SSL.WantReadError, SSL.WantWriteError):
            raise  # it goes on, perhaps with the tickets
        except BaseException:
            _ending.discard(self._ssl)
            raise
        _ending.discard(self._ssl)

    def recv(self, bufsiz: int, flags: int | None = None) -> bytes:
        """See `SSL.Connection.recv`."""
        short = SHORT
        if short is None or flags is not None:
            return super().recv(bufsiz, flags)
        ssl = self._ssl
        memory = short.allocate("char[]", bufsiz)
        count = short.read(ssl, memory, bufsiz)
        if count <= 0:
            self._raise_ssl_error(ssl, count)
        data: bytes = short.show(memory, count)[:]
        return data

    def send(self, buf: Any, flags: int = 0) -> int:
        """See `SSL.Connection.send`."""
        if SHORT is None or type(buf) is not bytes:
            return super().send(buf, flags)
        ssl = self._ssl
        count: int = SHORT.write(ssl, buf, len(buf))
        if count <= 0:
            self._raise_ssl_error(ssl, count)
        return count


def hear(context: SSL.Context, noted: Callable[[OpenSslConnection, int, int], None], *, tickets: bool) -> None:
    """Have `noted` called with connection, place and result at alerts and at the end of a handshake.

    With `tickets` also at the steps that follow: TLS 1.3 writes them then. OpenSSL tells of about 22 steps in a
    handshake; a call for each would cost more than some of the steps. pyOpenSSL's own way tells of all, so `noted` must
    pass over the others. It must not raise.
    """
    if SHORT is None:
        context.set_info_callback(noted)  # type: ignore[arg-type]
        return
    connections, ending = SHORT.connections, _ending

    def told(ssl: object, where: int, result: int) -> None:
        if where == STEP:
            if ssl not in ending:  # nearly always
                return
        elif where == DONE:
            if tickets:
                ending.add(ssl)
        elif not where & ALERT:
            return
        connection = connections.get(ssl)
        if connection is not None:
            noted(connection, where, result)

    kept = SHORT.callback(_INFO, told)
    context._info_callback = kept  # where pyOpenSSL keeps its own from being freed
    SHORT.tell(context._context, kept)
