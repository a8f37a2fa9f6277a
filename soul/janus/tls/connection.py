"""One TLS connection, apart from where its bytes come from: handshake, verdict, reading, writing, farewell.

`TlsEngine` (memory) and `TlsSocket` (non-blocking socket) add the carrier. One thread uses a
connection at a time.
"""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from cryptography import x509
from OpenSSL import SSL, crypto

from soul.janus.certificates.names import subject_text
from soul.janus.peer import Peer, SslSession
from soul.janus.stream import Address
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.hostname import is_address, name_matches
from soul.janus.tls.protocols import PROTOCOL_BITS
from soul.janus.tls.sessions import Observations, still_valid
from soul.janus.tls.settings import RECORD_LIMIT
from soul.janus.tls.verdicts import (
    UNSUPPORTED_PROTOCOL,
    Progress,
    Refusal,
    TlsBroken,
    TlsRefused,
    TlsTruncated,
    certificate_refusal,
    handshake_refusal,
    own_refusal,
    record_refusal,
    timeout_refusal,
)

NO_ADDRESS = Address("", 0)
PLAIN_HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 51\r\n\r\n"
    b"This port speaks HTTPS: use https:// in the address"
)
MOST_PARSED = 512  # certificates kept in parsed form


@dataclass(frozen=True, slots=True)
class ClientSession:
    """A session that a client may offer again to the same server under the same generation."""

    session: SSL.Session
    chain: tuple[x509.Certificate, ...]
    generation: int


class TlsConnection:
    """What both kinds of connection share: after DONE ask `peer_facts` who is there, after FAILED `refusal` why not."""

    def __init__(
        self,
        generation: TlsGeneration,
        sock: socket.socket | None,
        *,
        server_name: str = "",
        resume: ClientSession | None = None,
        check_name: bool = False,
    ) -> None:
        """Begin a connection.

        The options are for clients: `server_name` is sent as SNI, `resume` is a session to offer, `check_name` asks
        that the server's certificate is for `server_name`.
        """
        self.generation = generation
        self.refusal: Refusal | None = None
        self.done = False
        self._seen = Observations()
        self._chain: tuple[x509.Certificate, ...] = ()
        self._left = b""  # decrypted, not yet asked for
        self._filled = False  # the last read gave all it was asked for, so that OpenSSL may hold more of the record
        self._ended = False  # the peer said close_notify
        self._parted = False  # our close_notify is sent, or the connection broke and there is nobody to read it
        self._vanished = False  # the peer's bytes ended without farewell, as was seen without OpenSSL
        self._input_size = generation.settings.input_size
        self._output_size = generation.settings.output_size
        self._resume: ClientSession | None = None
        self._ssl = generation.connection(sock, self._seen)
        self._wanted_name = server_name if check_name else None
        self._say_name(server_name)
        if resume is not None and resume.generation == generation.number:
            self._resume = resume
            self._ssl.set_session(resume.session)

    def _say_name(self, server_name: str) -> None:
        """Send the server's name as SNI; an address, or a name that cannot be one, is left out."""
        if not server_name or is_address(server_name):
            return
        with contextlib.suppress(UnicodeError):
            self._ssl.set_tlsext_host_name(server_name.rstrip(".").encode("idna"))

    # What is known.

    @property
    def session(self) -> SslSession | None:
        """Return the family of a server's connection, None before the end of the handshake and for clients."""
        return self._seen.session

    @property
    def resumed(self) -> bool:
        """Say whether the handshake resumed an earlier session."""
        return self._seen.resumed

    @property
    def alert_sent(self) -> int | None:
        """Return the number of the last alert we sent."""
        return self._seen.alert_sent

    @property
    def alert_received(self) -> int | None:
        """Return the number of the last alert the peer sent."""
        return self._seen.alert_received

    @property
    def buffered(self) -> int:
        """Return how many decrypted bytes wait here, so that no poller will announce them."""
        return len(self._left) + (self._ssl.pending() if self._filled else 0)

    def peer_facts(self, address: Address = NO_ADDRESS, local: Address = NO_ADDRESS) -> Peer:
        """Return what is known about the peer. Only after DONE."""
        if not self.done or self.refusal is not None:
            raise RuntimeError("the handshake has not succeeded")
        return Peer(
            address,
            local,
            PROTOCOL_BITS.get(self._ssl.get_protocol_version_name(), 0),
            self._ssl.get_cipher_name() or "",
            self._chain,
            self.generation.settings.lenient and not self._chain,
            self._seen.session,
        )

    def client_session(self) -> ClientSession | None:
        """Return the session for a later connection to the same server; in TLS 1.3 only after the first read."""
        session = None if self.generation.server or not self.done else self._ssl.get_session()
        return ClientSession(session, self._chain, self.generation.number) if session is not None else None

    # The handshake.

    def handshake(self) -> Progress:
        """Go on with the handshake as far as possible without waiting. DONE and FAILED are final."""
        if self.refusal is not None:
            return Progress.FAILED
        if self.done:
            return Progress.DONE
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            return Progress.WANT_READ
        except SSL.WantWriteError:
            return Progress.WANT_WRITE
        except (SSL.Error, OSError) as error:
            return self._refuse(self._handshake_failure(error))
        refusal = self._conclude()
        if refusal is not None:
            # A session that no longer holds came back. Later handshakes are full ones and get the right alert.
            self.generation.retire()
            return self._refuse(refusal)
        self.done = True
        if self.generation.on_accept is not None:
            self.generation.on_accept(self._chain, self._seen)
        return Progress.DONE

    def expire(self, seconds: float) -> Refusal:
        """Give the handshake up because it took more than `seconds`."""
        self._refuse(timeout_refusal(seconds, server=self.generation.server))
        assert self.refusal is not None
        return self.refusal

    def refuse(self, refusal: Refusal) -> Progress:
        """Give the connection up for a reason that the caller found."""
        return self._refuse(refusal)

    def _refuse(self, refusal: Refusal) -> Progress:
        if self.refusal is None:
            self.refusal = refusal
            if self.generation.on_error is not None:
                self.generation.on_error()
        return Progress.FAILED

    def _handshake_failure(self, error: Exception) -> Refusal:
        seen, server = self._seen, self.generation.server
        if seen.failure is not None:
            number, depth, subject = seen.failure
            return certificate_refusal(number, depth, subject, seen.alert_sent, server=server)
        if seen.objection:
            return own_refusal(seen.objection, 0, seen.objection_subject, seen.alert_sent, server=server)
        if seen.faults:
            words = f"{'client' if server else 'server'} certificate could not be examined ({seen.faults[0]})"
            return own_refusal(words, 0, "", seen.alert_sent, server=server)
        reason = _reason(error)
        protocol = self._ssl.get_protocol_version_name() if reason in UNSUPPORTED_PROTOCOL else ""
        return handshake_refusal(reason, protocol, seen.alert_sent, seen.alert_received, server=server)

    def _conclude(self) -> Refusal | None:
        """Settle the peer's chain after a handshake that OpenSSL is content with; a refusal if it must not count."""
        seen, settings = self._seen, self.generation.settings
        if not settings.server:
            return self._conclude_client(self._ssl.get_peer_certificate(as_cryptography=True))
        if seen.session is None:
            seen.session = SslSession(f"{settings.name}/{self.generation.number}", self.generation.clock())
        if seen.resumed and seen.session.ended:
            return own_refusal("the SSL session was ended by $Web_End_SSLSes", -1, "", None, server=True)
        if seen.verified and not seen.resumed:
            verified = self._ssl.get_verified_chain() or ()
            chain = [crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in verified]
            if len(chain) < 2 or chain[0] != seen.certificate:
                return own_refusal("client certificate has no verified chain", 0, "", None, server=True)
            self._chain = tuple(map(_parsed, chain))
            seen.session.chain, seen.certificate = self._chain, b""
            return None
        leaf = self._ssl.get_peer_certificate(as_cryptography=True)
        if leaf is None:
            if seen.resumed and seen.session.chain:
                return own_refusal("the certificate of the resumed session is gone", -1, "", None, server=True)
            return None
        known = seen.session.chain
        if not seen.known or not known or known[0] != leaf:
            return own_refusal(
                "client certificate of a resumed session is not known", 0, subject_text(leaf), None, server=True
            )
        if not still_valid(known, self.generation.clock()):
            words = "client certificate of a resumed session, or one that signed it, is out of date"
            return own_refusal(words, 0, subject_text(leaf), None, server=True)
        self._chain = known
        return None

    def _conclude_client(self, leaf: x509.Certificate | None) -> Refusal | None:
        seen, settings = self._seen, self.generation.settings
        if leaf is None:
            return own_refusal("server sent no certificate", -1, "", None, server=False)
        if not seen.asked:  # the callback runs in every full handshake, so this one is resumed
            seen.resumed = True
            chain = self._resume.chain if self._resume is not None else ()
            if not chain or chain[0] != leaf:
                return own_refusal(
                    "server certificate of a resumed session is not known", 0, subject_text(leaf), None, server=False
                )
            if settings.verify_peer and not still_valid(chain, self.generation.clock()):
                return own_refusal(
                    "server certificate of a resumed session is out of date", 0, subject_text(leaf), None, server=False
                )
        else:
            verified = self._ssl.get_verified_chain(as_cryptography=True) if settings.verify_peer else None
            chain = tuple(verified or (leaf,))
        if self._wanted_name is not None and not name_matches(chain, self._wanted_name, self.generation.clock()):
            return own_refusal(
                f"server certificate is not for {self._wanted_name}", 0, subject_text(leaf), None, server=False
            )
        self._chain = chain
        return None

    # Data.

    def receive(self, limit: int) -> bytes | None:
        """Return 1 to `limit` decrypted bytes, b'' when the peer has finished sending, None when none are here yet.

        Raises TlsRefused for a record longer than SSLIBSIZE, TlsTruncated when the bytes end without farewell,
        TlsBroken for everything else.
        """
        if not self._left:
            if self._ended:
                return b""
            wanted = limit if limit > RECORD_LIMIT else RECORD_LIMIT
            try:
                # OpenSSL gives the rest of one record at most, so this also measures the record.
                data = self._ssl.recv(wanted)
            except (SSL.WantReadError, SSL.WantWriteError):
                return None
            except SSL.ZeroReturnError:
                self._ended = True
                return b""
            except (SSL.Error, OSError) as error:
                self._broken(error)
            size = len(data)
            self._filled = size == wanted
            if size > self._input_size:
                refusal = record_refusal()
                self._refuse(refusal)
                raise TlsRefused(refusal)
            if size <= limit:
                return data
            self._left = data
        data, self._left = self._left[:limit], self._left[limit:]
        return data

    def send(self, data: bytes | memoryview) -> int:
        """Send the first bytes of `data` and return how many, 0 when the carrier takes none now.

        After 0 the next call must begin with the same bytes. Raises TlsBroken.
        """
        if not data:
            return 0
        limit = self._output_size
        try:
            return self._ssl.send(data if len(data) <= limit else data[:limit])
        except (SSL.WantReadError, SSL.WantWriteError):
            return 0
        except (SSL.Error, OSError) as error:
            self._broken(error)

    @property
    def wants_read(self) -> bool:
        """Say whether the last call that could not go on waits for bytes from the peer (else for room to send)."""
        return self._ssl.want_read()

    def finish(self) -> None:
        """Send close_notify; receiving still works. Does nothing before the handshake is over. Never raises."""
        if not self.done or self._parted or self._dropped:
            return
        try:
            self._ssl.shutdown()
            self._parted = True
        except (SSL.Error, OSError):
            self._keep_session()

    def _farewell(self) -> None:
        """End a healthy connection so that its session stays in the cache; a refused or ended one so that it goes."""
        if self.done and not self._dropped:
            self.finish()
            self._keep_session()

    @property
    def _dropped(self) -> bool:
        """Say whether the session must not outlive the connection: OpenSSL forgets it when no farewell was said."""
        ended = self._seen.session is not None and self._seen.session.ended
        return self._vanished or ended or self.refusal is not None

    def _keep_session(self) -> None:
        try:
            self._ssl.set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)
        except (SSL.Error, OSError):
            return

    def _broken(self, error: Exception) -> NoReturn:
        self._parted = True
        alert = self._seen.alert_received
        if isinstance(error, SSL.SysCallError) and error.args[:1] == (-1,):
            raise TlsTruncated("the connection ended without an SSL farewell") from None
        reason = _reason(error)
        if alert not in (None, 0):
            handshake = handshake_refusal(reason, "", None, alert, server=self.generation.server)
            raise TlsBroken(handshake.reason, alert) from None
        raise TlsBroken(reason) from None


@lru_cache(MOST_PARSED)
def _parsed(der: bytes) -> x509.Certificate:
    """Return a certificate that OpenSSL has verified. Remembered is what its bytes say, never a verdict on them."""
    return x509.load_der_x509_certificate(der)


def _reason(error: Exception) -> str:
    """Return OpenSSL's reason text for an error, or words for a connection that broke."""
    if isinstance(error, SSL.SysCallError):
        return "the connection ended" if error.args[:1] == (-1,) else f"the connection broke ({error.args[-1]})"
    if isinstance(error, OSError):
        return f"the connection broke ({error.strerror or error})"
    entries = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return next((str(entry[2]) for entry in entries if entry[2]), "unknown TLS error")
