"""What a port's definition says about TLS, as one value.

Sources: m204wiki, the pages of SSLCLCERT and SSLCLCERTR, SSLPROT, SSLCIPH, SSLCACHE, SSLMAXAGE, SSLMAXCERTL, SSLIBSIZE,
SSLOBSIZE, SSLBSIZE (JANUS DEFINE parameters).
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from soul.janus.certificates.keys import KeyMaterial
from soul.janus.port import CertificateRequest, Port, PortType
from soul.janus.tls.protocols import DEFAULT_PROTOCOLS, TLS_1_2, TLS_1_3, Selection, exactly, select

CLIENT_TYPES = frozenset({PortType.CLSOCK, PortType.CLSOCKU})
RECORD_LIMIT = 16384  # the longest record of the protocol
DEFAULT_BUFFER = 4096  # SSLBSIZE
DEFAULT_CACHE = 4096  # SSLCACHE: no default is documented; one entry costs about 12 KB (our choice)
DEFAULT_MAXIMUM_AGE = 1440  # SSLMAXAGE, minutes
DEFAULT_CERTIFICATE = 1024  # SSLMAXCERTL, bytes
VERIFY_DEPTH = 8  # intermediates accepted in a chain (our choice)


@dataclass(frozen=True)
class TlsSettings:
    """Everything one OpenSSL context is made from.

    `lenient` is SSLCLCERTR on a WEBSERV port with an ON SSLNOCERTERR rule: the certificate is asked for in the
    handshake, and a missing one is the handler's business. `maximum_age` is in seconds, 0 for no resumption.
    `cache` is in stored sessions, the other sizes in bytes. `verify_peer` False (clients of offline tests only)
    accepts any server certificate.
    """

    name: str
    server: bool
    selection: Selection
    keys: KeyMaterial | None = None
    authorities: tuple[x509.Certificate, ...] = ()
    request: CertificateRequest = CertificateRequest.NONE
    lenient: bool = False
    maximum_age: float = DEFAULT_MAXIMUM_AGE * 60.0
    cache: int = DEFAULT_CACHE
    maximum_certificate: int = DEFAULT_CERTIFICATE
    input_size: int = RECORD_LIMIT
    output_size: int = RECORD_LIMIT
    verify_peer: bool = True

    @staticmethod
    def of_port(port: Port, keys: KeyMaterial | None, *, legacy: bool = False) -> TlsSettings:
        """Return the settings of a port as it is now. Raises NothingLeft for SSLPROT or SSLCIPH without effect."""
        definition = port.definition
        request = definition.certificate_request
        handler = definition.type is PortType.WEBSERV and port.rules.handles("SSLNOCERTERR")
        minutes = definition.integer("SSLMAXAGE") if definition.given("SSLMAXAGE") else DEFAULT_MAXIMUM_AGE
        both = definition.integer("SSLBSIZE") or DEFAULT_BUFFER
        return TlsSettings(
            name=port.name,
            server=definition.type not in CLIENT_TYPES,
            selection=select(
                definition.integer("SSLPROT") if definition.given("SSLPROT") else DEFAULT_PROTOCOLS,
                definition.integer("SSLCIPH"),
                legacy=legacy,
                explicit=definition.given("SSLPROT"),
            ),
            keys=keys,
            authorities=tuple(authority.certificate for authority in port.authorities),
            request=request,
            lenient=request is CertificateRequest.REQUIRE and handler,
            maximum_age=60.0 * minutes,
            cache=definition.integer("SSLCACHE") or DEFAULT_CACHE,
            maximum_certificate=definition.integer("SSLMAXCERTL") or DEFAULT_CERTIFICATE,
            input_size=min(definition.integer("SSLIBSIZE") if definition.given("SSLIBSIZE") else both, RECORD_LIMIT),
            output_size=min(definition.integer("SSLOBSIZE") if definition.given("SSLOBSIZE") else both, RECORD_LIMIT),
        )


def client_settings(
    name: str,
    *,
    keys: KeyMaterial | None = None,
    authorities: tuple[x509.Certificate, ...] = (),
    protocols: int = TLS_1_2 | TLS_1_3,
    verify_peer: bool = True,
    maximum_certificate: int = 32767,
) -> TlsSettings:
    """Return settings for a client that is no CLSOCK port: the offline tests' browser.

    `protocols` is exactly the SSLPROT bits to offer: 16 for TLS 1.2, 32 for TLS 1.3, or both.
    """
    return TlsSettings(
        name=name,
        server=False,
        selection=exactly(protocols),
        keys=keys,
        authorities=authorities,
        maximum_certificate=maximum_certificate,
        verify_peer=verify_peer,
    )
