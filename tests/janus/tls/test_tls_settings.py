"""SSLPROT, SSLCIPH, sizes, counters and notices of a port."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from soul.janus.certificates.development import Subject, Validity
from soul.janus.certificates.keys import KeyMaterialError
from soul.janus.port import PortType
from soul.janus.tls.engine import TlsEngine, exchange
from soul.janus.tls.generation import PortTls
from soul.janus.tls.groups import CONFIGURATION, choose_groups
from soul.janus.tls.hello import _offers, offers_session
from soul.janus.tls.protocols import NothingLeft, select
from soul.janus.tls.verdicts import Progress, TlsRefused


@pytest.mark.parametrize(
    ("mask", "versions"), [(0x1E, {16, 32}), (0x10, {16, 32}), (0x30, {16, 32}), (0x20, {32}), (0x17, {16, 32})]
)
def test_sslprot(make_bench, mask, versions):
    bench = make_bench(SSLPROT=mask)
    assert {version for version in (16, 32) if bench.meet(None, version).accepted} == versions


@pytest.mark.parametrize("mask", [0x01, 0x02, 0x04, 0x0E, 0x00])
def test_sslprot_with_nothing_left_fails_at_start(make_bench, mask):
    with pytest.raises(NothingLeft, match=r"only TLS 1\.2 \(X'10'\) and later can be used"):
        make_bench(SSLPROT=mask)


def test_ignored_bits_are_told_only_when_given(make_bench):
    assert make_bench().tls.notices == ()
    assert make_bench(SSLPROT=0x1E).tls.notices == (
        "SSLPROT X'1E': SSL V3, TLS 1.0, TLS 1.1 cannot be used and has no effect",
    )


def test_old_protocols_only_with_the_site_s_switch():
    chosen = select(0x1C, 0, legacy=True)
    assert chosen.protocols == 0x3C
    assert chosen.suites.endswith("@SECLEVEL=0")
    assert select(0x1C, 0).suites.endswith("@SECLEVEL=2")


@pytest.mark.parametrize("mask", [0x0001, 0x0003, 0x003F])
def test_sslciph_without_living_ciphers_fails_at_start(make_bench, mask):
    with pytest.raises(NothingLeft, match="names only ciphers that no longer exist"):
        make_bench(SSLCIPH=mask)


@pytest.mark.parametrize("mask", [0, 0x0040, 0x0080, 0x0100, 0x0200, 0x03C0, 0x03FF])
@pytest.mark.parametrize("protocol", [16, 32])
def test_sslciph(make_bench, mask, protocol):
    meeting = make_bench(SSLCIPH=mask).meet(None, protocol)
    assert meeting.accepted
    cipher = meeting.server.peer_facts().cipher
    if mask in (0x0040, 0x0100):
        assert "128" in cipher
    if mask in (0x0080, 0x0200):
        assert "256" in cipher


def test_default_suites_have_forward_secrecy(make_bench):
    engine = TlsEngine(make_bench().tls.current())
    names = engine._ssl.get_cipher_list()
    assert all(name.startswith(("TLS_", "ECDHE-")) for name in names)
    assert not any("SHA" in name and name.endswith("-SHA") for name in names)


def test_expired_server_certificate_is_told(make_bench, pki):
    bench = make_bench()
    past = Validity(pki.root.certificate.not_valid_before_utc, pki.root.certificate.not_valid_before_utc + timedelta(1))
    identity = pki.root.server(("localhost",), past)
    from soul.janus.certificates.keys import load_key_material

    material = load_key_material(lambda file, name: identity.pem, "JANSSL", "X.PKEY")
    assert (
        PortTls(bench.port, material, bench.clock).notices[0].startswith("the server certificate expired on 2026-03-0")
    )


def test_weak_server_key_fails_at_start(make_bench, pki):
    from cryptography.hazmat.primitives.asymmetric import rsa

    weak = pki.root.issue(Subject("localhost"), key=rsa.generate_private_key(65537, 1024))
    with pytest.raises(KeyMaterialError, match="ee key too small"):
        PortTls(make_bench().port, weak.material)


@pytest.mark.parametrize("size", [1024, 4096])
@pytest.mark.parametrize("protocol", [16, 32])
def test_record_longer_than_sslibsize_breaks_the_connection(make_bench, size, protocol):
    bench = make_bench(SSLBSIZE=16384, SSLIBSIZE=size)
    meeting = bench.meet(None, protocol)
    meeting.client.send(b"x" * size)
    meeting.server.feed(meeting.client.take())
    assert len(meeting.server.receive(100000)) == size
    meeting.client.send(b"x" * (size + 1))
    meeting.server.feed(meeting.client.take())
    with pytest.raises(TlsRefused) as caught:
        meeting.server.receive(10)
    assert str(caught.value.refusal) == "MSIR.0386: SSL input message too long - increase SSLBSIZE"


def test_small_records_are_not_taken_together(make_bench):
    meeting = make_bench(SSLBSIZE=1024).meet(None, 32)
    for _ in range(8):
        meeting.client.send(b"y" * 1000)
    meeting.server.feed(meeting.client.take())
    assert [len(meeting.server.receive(5000)) for _ in range(8)] == [1000] * 8
    assert meeting.server.receive(1) is None


def test_sslobsize_bounds_our_records(make_bench):
    meeting = make_bench(SSLOBSIZE=1024).meet(None, 32)
    assert meeting.server.send(b"z" * 5000) == 1024


def test_receive_hands_out_what_was_asked_for(make_bench):
    meeting = make_bench().meet(None, 32)
    meeting.client.send(b"abcdef")
    meeting.server.feed(meeting.client.take())
    assert meeting.server.receive(2) == b"ab"
    assert meeting.server.buffered == 4
    assert meeting.server.receive(9) == b"cdef"
    assert meeting.server.buffered == 0


def test_half_close(make_bench):
    meeting = make_bench().meet(None, 32)
    meeting.client.finish()
    meeting.server.feed(meeting.client.take())
    assert meeting.server.receive(10) == b""
    assert meeting.server.receive(10) == b""
    meeting.server.send(b"goodbye")
    meeting.client.feed(meeting.server.take())
    assert meeting.client.receive(10) == b"goodbye"


@pytest.mark.parametrize("protocol", [16, 32], ids=["tls12", "tls13"])
def test_sessions_not_found_and_timed_out(make_bench, pki, clock, protocol):
    bench = make_bench("SSLCLCERTR", SSLMAXAGE=10)
    good = pki.clients["good"]
    counters = bench.port.counters
    first = bench.meet(good, protocol)
    session = first.session()
    first.close()
    assert (counters.sessions_not_found, counters.sessions_timed_out) == (0, 0)
    bench.port.changed()
    bench.meet(good, protocol, resume=session)
    clock.forward(minutes=11)
    bench.meet(good, protocol, resume=session)
    assert (counters.sessions_not_found, counters.sessions_timed_out) == (1, 1)
    assert counters.new_sessions == 3


@pytest.mark.parametrize(
    "data", [b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", b"\xff" * 300]
)
def test_hello_that_is_none(data):
    assert offers_session(data) is False


@pytest.mark.parametrize("protocol", [16, 32, 48], ids=["tls12", "tls13", "both"])
def test_what_the_first_message_offers_is_seen_without_reading_all_of_it(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    first = bench.meet(pki.clients["good"], protocol)
    session = first.session()
    first.close()
    for offered in (None, session):
        client = TlsEngine(bench.client(pki.clients["good"], protocol), resume=offered)
        client.handshake()
        hello = client.take()
        assert offers_session(hello) is (offered is not None)
        assert _offers(hello) is (offered is not None)


def test_clsock_port_checks_the_server(make_bench, pki):
    server = make_bench(kind=PortType.SRVSOCK)
    for authorities, good in (([pki.root.certificate], True), ([pki.stranger.certificate], False), ([], False)):
        port = make_bench(kind=PortType.CLSOCK, authorities=authorities, SSLMAXCERTL=4096)
        one, other = TlsEngine(server.tls.current()), TlsEngine(port.tls.current(), server_name="localhost")
        exchange(one, other)
        assert (other.handshake() is Progress.DONE) is good
        if good:
            assert other.peer_facts().chain == (pki.server.certificate, pki.root.certificate)
        else:
            assert other.refusal.message.number == "SOUL.0702"


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("example.com", False),
        ("10.0.0.1", False),
        ("bad name", False),
    ],
)
def test_host_name_check(make_bench, name, good):
    server, client = make_bench(), make_bench(kind=PortType.CLSOCK)
    for check in (False, True):
        one = TlsEngine(server.tls.current())
        other = TlsEngine(client.tls.current(), server_name=name, check_name=check)
        exchange(one, other)
        assert (other.refusal is None) is (good or not check)
    if not good:
        assert f"server certificate is not for {name}" in other.refusal.text


def test_groups_are_chosen_once():
    environment: dict[str, str] = {}
    assert choose_groups(environment) is False  # OpenSSL is loaded already
    code = (
        "import os, sys\n"
        "from soul.janus.tls.groups import choose_groups\n"
        "assert not any(name.startswith(('cryptography', 'OpenSSL')) for name in sys.modules)\n"
        "os.environ.pop('OPENSSL_CONF', None)\n"
        "assert choose_groups(os.environ)\n"
        "assert not choose_groups({'OPENSSL_CONF': '/site.cnf'})\n"
        "from soul.janus.tls.engine import TlsEngine, exchange\n"
        "from soul.janus.tls.generation import TlsGeneration\n"
        "from soul.janus.tls.settings import client_settings\n"
        "engine = TlsEngine(TlsGeneration(client_settings('c')))\n"
        "engine.handshake(); hello = engine.take()\n"
        "print(hello.hex())\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    # supported_groups: X25519MLKEM768, X25519, P-256, P-384 and no other.
    assert "000a000a000811ec001d00170018" in found.stdout
    assert CONFIGURATION.is_file()
