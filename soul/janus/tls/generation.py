"""A port's TLS settings in force: one OpenSSL context, its sessions, and the moment to make new ones.

A context cannot be changed after its first connection, its store cannot lose a certificate, and its sessions cannot be
taken back. So every change - a CA added or removed, the first SSLNOCERTERR rule, SSLMAXAGE reached, SSLCACHE full, a
resumed session that no longer holds - makes a new *generation* for later connections (about 0.5 ms); earlier
connections keep theirs. Sessions never pass from one generation, or one port, to another.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar
from weakref import WeakMethod

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL, crypto

from soul.janus.certificates.keys import KeyMaterial, KeyMaterialError
from soul.janus.certificates.names import subject_text
from soul.janus.port import CertificateRequest, Port
from soul.janus.tls.protocols import TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, NothingLeft
from soul.janus.tls.sessions import Observations, SessionTable
from soul.janus.tls.settings import VERIFY_DEPTH, TlsSettings
from soul.janus.tls.wrapper import ALERT, DONE, STEP, OpenSslConnection, hear

T = TypeVar("T")
Clock = Callable[[], float]
"""Seconds since 1970, as time.time gives them."""

_MEASURED_VERSIONS = {
    TLS_1_0: SSL.TLS1_VERSION,
    TLS_1_1: SSL.TLS1_1_VERSION,
    TLS_1_2: SSL.TLS1_2_VERSION,
    TLS_1_3: SSL.TLS1_3_VERSION,
}
_OFF = {TLS_1_1: SSL.OP_NO_TLSv1_1, TLS_1_2: SSL.OP_NO_TLSv1_2}
_SESSIONS_PER_FAMILY = 4  # TLS 1.3 stores two in a full handshake and one in each resumption
_counter = itertools.count(1)  # numbers generations within the process, for session id contexts


class TlsGeneration:
    """One OpenSSL context and the sessions made under it. Shared by any number of threads.

    `settings` is what it was made from; `port_generation` the port's generation then; `created` the clock's time.
    After `retire` no new connection should use it. Raises KeyMaterialError or NothingLeft when OpenSSL refuses the
    settings.
    """

    def __init__(self, settings: TlsSettings, clock: Clock = time.time, port_generation: int = 0) -> None:
        self.settings = settings
        self.clock = clock
        self.port_generation = port_generation
        self.number = next(_counter)
        self.created = clock()
        self.retired = False
        self.sessions = SessionTable(f"{settings.name}/{self.number}")
        self.on_accept: Callable[[tuple[x509.Certificate, ...], Observations], None] | None = None
        self.on_error: Callable[[], None] | None = None
        self._keeps_sessions = settings.server and settings.maximum_age > 0
        self._frozen = clock is not time.time
        self._anchors = frozenset(c.public_bytes(Encoding.DER) for c in settings.authorities)
        self.context = self._make_context()

    @property
    def server(self) -> bool:
        """Say whether this end is the server."""
        return self.settings.server

    @property
    def stale(self) -> bool:
        """Say whether new connections need a new generation for a reason that lies in this one."""
        if self.retired or self.too_old:
            return True
        # OpenSSL's cache size cannot be set, so a full cache ends the generation.
        cache = self.settings.cache
        return self.sessions.families >= cache or self.sessions.stored >= _SESSIONS_PER_FAMILY * cache

    @property
    def too_old(self) -> bool:
        """Say whether SSLMAXAGE has passed: sessions must not live longer, however often they were resumed."""
        age = self.settings.maximum_age
        return age > 0 and self.clock() - self.created >= age

    def retire(self) -> None:
        """Make later connections use a new generation: a session of this one can no longer be trusted."""
        self.retired = True

    def connection(self, sock: object | None, seen: Observations) -> SSL.Connection:
        """Return a new OpenSSL connection, over `sock` or over memory when it is None."""
        if self._frozen:
            # A clock other than the machine's also decides which certificates are valid.
            self.context.get_cert_store().set_time(datetime.fromtimestamp(self.clock(), UTC))  # type: ignore[union-attr]
        connection = OpenSslConnection(self.context, sock)  # type: ignore[arg-type]
        connection.seen = seen
        if self.server:
            connection.set_accept_state()
        else:
            connection.set_connect_state()
        return connection

    def _make_context(self) -> SSL.Context:
        settings = self.settings
        context = SSL.Context(SSL.TLS_SERVER_METHOD if settings.server else SSL.TLS_CLIENT_METHOD)
        _choose_protocols(context, settings)
        context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION)
        context.set_verify_depth(VERIFY_DEPTH)
        if settings.keys is not None:
            _use_keys(context, settings.keys)
        self._trust(context)
        context.set_verify(self._verify_mode(), _weak(self._verify, otherwise=False))
        hear(context, _weak(self._info, otherwise=None), tickets=self._keeps_sessions)
        if settings.server:
            identity = f"{settings.name}/{self.number}/{self.created}"
            context.set_session_id(sha256(identity.encode()).digest())
            context.set_session_cache_mode(SSL.SESS_CACHE_SERVER if settings.maximum_age else SSL.SESS_CACHE_OFF)
            if settings.maximum_age:
                context.set_timeout(int(settings.maximum_age))
        else:
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return context

    def _trust(self, context: SSL.Context) -> None:
        store = context.get_cert_store()
        if store is None:
            raise KeyMaterialError("OpenSSL gave no certificate store")
        # Janus trusts what was added, root or not: a chain ends at the first trusted certificate.
        store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
        for authority in self.settings.authorities:
            store.add_cert(crypto.X509.from_cryptography(authority))
            if self.settings.server and self.settings.request is not CertificateRequest.NONE:
                context.add_client_ca(authority)

    def _verify_mode(self) -> int:
        settings = self.settings
        if not settings.server:
            return SSL.VERIFY_PEER if settings.verify_peer else SSL.VERIFY_NONE
        if settings.request is CertificateRequest.NONE:
            return SSL.VERIFY_NONE
        if settings.request is CertificateRequest.REQUIRE and not settings.lenient:
            return SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
        return SSL.VERIFY_PEER

    def _verify(self, connection: OpenSslConnection, certificate: crypto.X509, error: int, depth: int, ok: int) -> bool:
        """OpenSSL's verify callback, once per check and level.

        It never says yes to a failed check: a later resumption would bring the certificate back without a word. It
        never raises: the exception would come out of some other connection of this context.
        """
        seen: Observations | None = None
        try:
            seen = connection.seen
            return self._judge(seen, certificate, error, depth, bool(ok))
        except BaseException as fault:
            if seen is not None:
                seen.verified = False
                seen.faults.append(type(fault).__name__)
            return False

    def _judge(self, seen: Observations, certificate: crypto.X509, error: int, depth: int, ok: bool) -> bool:
        seen.asked = True
        if not self.settings.verify_peer:
            return True
        if not ok:
            seen.verified = False
            if seen.failure is None:
                seen.failure = (error, depth, subject_text(certificate.to_cryptography()))
            return False
        if depth == 0:
            der = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)
            seen.objection = self._objection(der)
            if seen.objection:
                seen.objection_subject = subject_text(certificate.to_cryptography())
                return False
            seen.verified = True
            seen.certificate = der
        return True

    def _objection(self, der: bytes) -> str:
        """Return in words which limit of the port a verified certificate breaks, '' for none."""
        owner = "client" if self.settings.server else "server"
        limit = self.settings.maximum_certificate
        if len(der) > limit:
            return f"{owner} certificate has {len(der)} bytes, more than SSLMAXCERTL {limit} allows"
        if self.settings.server and der in self._anchors:
            # An accepted certificate is signed by a trusted one, so it has at least two levels.
            return "client certificate is itself one of the port's certifying authorities"
        return ""

    def _info(self, connection: OpenSslConnection, where: int, result: int) -> None:
        """OpenSSL's information callback: alerts, the end of the handshake, tickets."""
        try:
            seen = connection.seen
            if where == STEP:
                if seen.finished and self._keeps_sessions:
                    self.sessions.ticket_written(connection, seen)
            elif where == DONE:
                if self._keeps_sessions:
                    self.sessions.handshake_done(connection, seen, self.clock())
                seen.finished = True
            elif where & ALERT:
                if where & SSL.SSL_CB_WRITE:
                    seen.alert_sent = result & 255
                else:
                    seen.alert_received = result & 255
        except BaseException as fault:
            # OpenSSL's caller would only print it to standard error.
            seen.faults.append(type(fault).__name__)


class PortTls:
    """The TLS side of one started port: gives the generation that a new connection must use.

    Raises KeyMaterialError or NothingLeft from the constructor, so that JANUS START can fail with their text.
    `notices` are things START should tell: protocols without effect, an expired server certificate.
    """

    def __init__(
        self, port: Port, key_material: KeyMaterial | None, clock: Clock = time.time, *, legacy: bool = False
    ) -> None:
        self._port = port
        self._keys = key_material
        self._clock = clock
        self._legacy = legacy
        self._lock = threading.Lock()
        self._timed_out_until = 0.0
        self._generation = self._make()

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what START should tell about the settings."""
        notice = self._generation.settings.selection.notice
        found = (notice,) if notice else ()
        return found + (self._keys.warnings if self._keys else ())

    def current(self) -> TlsGeneration:
        """Return the generation for a connection that begins now, made anew when the port or time asks for it."""
        generation = self._generation
        if generation.port_generation == self._port.generation and not generation.stale:
            return generation
        with self._lock:
            generation = self._generation
            if generation.port_generation != self._port.generation or generation.stale:
                if generation.too_old:
                    self._timed_out_until = self._clock() + generation.settings.maximum_age
                self._generation = generation = self._make()
            return generation

    def _make(self) -> TlsGeneration:
        with self._port.lock:
            settings = TlsSettings.of_port(self._port, self._keys, legacy=self._legacy)
            number = self._port.generation
        generation = TlsGeneration(settings, self._clock, number)
        generation.on_accept = _weak(self._accepted, otherwise=None)
        generation.on_error = _weak(self._failed, otherwise=None)
        return generation

    def _accepted(self, chain: tuple[x509.Certificate, ...], seen: Observations) -> None:
        """Count a finished handshake (SSLSTATUS SesNew, SesNF, SesTO; STATUSCA NumSigned).

        A session that was offered and not resumed has timed out when a generation ended by age within the last
        SSLMAXAGE; otherwise it was not found. An approximation: OpenSSL tells neither.
        """
        with self._port.lock:
            if seen.resumed:
                return
            counters = self._port.counters
            counters.new_sessions += 1
            if seen.offered and self._clock() < self._timed_out_until:
                counters.sessions_timed_out += 1
            elif seen.offered:
                counters.sessions_not_found += 1
            if len(chain) > 1:
                for authority in self._port.authorities:
                    if authority.certificate == chain[-1]:
                        authority.signed += 1

    def _failed(self) -> None:
        with self._port.lock:
            self._port.counters.errors += 1


def _weak(method: Callable[..., T], *, otherwise: T) -> Callable[..., T]:
    """Return a function that calls a bound method while its object is there.

    An OpenSSL context keeps its callbacks. Were their object kept with them, context and object would keep each other,
    and with them thousands of sessions, until a search for garbage that a server can wait for very long.
    """
    reference = WeakMethod(method)

    def call(*arguments: object) -> T:
        found = reference()
        return otherwise if found is None else found(*arguments)

    return call


def _choose_protocols(context: SSL.Context, settings: TlsSettings) -> None:
    selection = settings.selection
    bits = [bit for bit in _MEASURED_VERSIONS if selection.protocols & bit]
    context.set_min_proto_version(_MEASURED_VERSIONS[bits[0]])
    context.set_max_proto_version(_MEASURED_VERSIONS[bits[-1]])
    for bit, option in _OFF.items():
        if bits[0] < bit < bits[-1] and bit not in bits:
            context.set_options(option)
    try:
        context.set_cipher_list(selection.suites.encode())
        context.set_tls13_ciphersuites(selection.tls13_suites.encode())
    except SSL.Error:
        raise NothingLeft("the TLS library has none of the ciphers that SSLCIPH names") from None


def _use_keys(context: SSL.Context, keys: KeyMaterial) -> None:
    """Load certificate, intermediates and key, in the order that makes OpenSSL check that they belong together."""
    try:
        context.use_certificate(keys.certificate)
        for intermediate in keys.intermediates:
            context.add_extra_chain_cert(intermediate)
        context.use_privatekey(keys.key)
    except SSL.Error as error:
        reasons = [entry[2] for entry in error.args[0]] if error.args and isinstance(error.args[0], list) else []
        raise KeyMaterialError(
            f"OpenSSL refuses the key or the certificate: {', '.join(reasons) or 'no reason'}"
        ) from None
