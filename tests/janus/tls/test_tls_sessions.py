"""Resumption: what may come back, and what never does. Each case was once reproduced as a hole."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from soul.janus.certificates.development import Subject, Validity
from soul.janus.certificates.names import common_name
from soul.janus.port import TrustedCa
from soul.janus.tls import wrapper
from soul.janus.tls.engine import TlsEngine, exchange
from soul.janus.tls.generation import TlsGeneration
from soul.janus.tls.settings import client_settings
from soul.janus.tls.verdicts import Progress

PROTOCOLS = pytest.mark.parametrize("protocol", [16, 32], ids=["tls12", "tls13"])


@PROTOCOLS
def test_family_stays_the_same_over_resumptions(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["intermediate"]
    first = bench.meet(good, protocol)
    peer, session = first.server.peer_facts(), first.session()
    first.close()
    assert not first.server.resumed
    for _ in range(3):
        again = bench.meet(good, protocol, resume=session)
        assert again.accepted
        assert again.server.resumed
        assert again.client.resumed
        assert again.server.peer_facts().session is peer.session
        assert again.server.peer_facts().chain == peer.chain
        session = again.session()
        again.close()
    other = bench.meet(good, protocol)
    assert other.server.peer_facts().session is not peer.session
    assert bench.port.counters.new_sessions == 2
    assert bench.port.authorities[0].signed == 2


@PROTOCOLS
def test_session_without_certificate_stays_without(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERT")
    first = bench.meet(None, protocol)
    first.close()
    again = bench.meet(None, protocol, resume=first.session())
    assert again.accepted
    assert again.server.resumed
    assert again.server.peer_facts().chain == ()


@PROTOCOLS
@pytest.mark.parametrize("name", ["selfsigned", "unknown", "expired", "future", "oversized"])
@pytest.mark.parametrize("flag", ["SSLCLCERT", "SSLCLCERTR"])
def test_refused_certificate_never_comes_back(make_bench, pki, name, flag, protocol):
    bench = make_bench(flag)
    bad = pki.clients[name]
    for _ in range(2):
        meeting = bench.meet(bad, protocol)
        assert not meeting.accepted
        session = meeting.client.client_session()
        again = bench.meet(bad, protocol, resume=session)
        assert not again.accepted
        assert again.server.refusal.message.number == "MSIR.0646"


@PROTOCOLS
def test_session_of_one_port_never_opens_another(make_bench, pki, protocol):
    one, other = make_bench("SSLCLCERTR", name="PORTA"), make_bench("SSLCLCERTR", name="PORTB")
    good = pki.clients["good"]
    first = one.meet(good, protocol)
    first.close()
    client = one.client(good, protocol)
    meeting = one.meet(good, protocol, resume=first.session(), generation=other.tls.current(), client=client)
    assert meeting.accepted
    assert not meeting.server.resumed
    assert not meeting.client.resumed


@PROTOCOLS
def test_certificate_that_expired_meanwhile_is_refused(make_bench, pki, clock, protocol):
    bench = make_bench("SSLCLCERTR")
    start = datetime.fromtimestamp(clock(), UTC)
    brief = pki.root.client(Subject("Brief"), Validity(start - timedelta(days=1), start + timedelta(minutes=10)))
    first = bench.meet(brief, protocol)
    first.close()
    clock.forward(minutes=11)
    again = bench.meet(brief, protocol, resume=first.session())
    assert not again.accepted
    assert again.server.resumed
    assert "resumed session, or one that signed it, is out of date" in again.server.refusal.text
    # The next handshake is a full one and gets the alert that says why.
    last = bench.meet(brief, protocol, resume=first.session())
    assert not last.server.resumed
    assert last.server.refusal.error == 10
    assert last.alert == 45


@PROTOCOLS
def test_chain_of_resumptions_ends_at_sslmaxage(make_bench, pki, clock, protocol):
    bench = make_bench("SSLCLCERTR", SSLMAXAGE=10)
    good = pki.clients["good"]
    meeting = bench.meet(good, protocol)
    resumed = 0
    for _ in range(6):
        session = meeting.session()
        meeting.close()
        clock.forward(minutes=4)
        meeting = bench.meet(good, protocol, resume=session)
        assert meeting.accepted
        if not meeting.server.resumed:
            break
        resumed += 1
    assert resumed == 2
    assert not meeting.server.resumed


@PROTOCOLS
def test_sslmaxage_0_never_resumes(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR", SSLMAXAGE=0)
    good = pki.clients["good"]
    meeting = bench.meet(good, protocol)
    for _ in range(2):
        session = meeting.client.client_session()
        meeting.close()
        meeting = bench.meet(good, protocol, resume=session)
        assert meeting.accepted
        assert not meeting.server.resumed
        assert meeting.server.peer_facts().session is not None


@PROTOCOLS
def test_sslcache_full_makes_a_new_generation(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR", SSLCACHE=2)
    numbers = []
    for _ in range(4):
        numbers.append(bench.tls.current().number)
        bench.meet(pki.clients["good"], protocol).close()
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def drop(meeting) -> None:
    """Free the server's end without farewell, as after a crash of the client."""
    meeting.server = None


def test_clean_close_keeps_the_session_and_drop_removes_it(make_bench, pki):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    kept = bench.meet(good, 16)
    session = kept.session()
    kept.close()
    drop(kept)
    again = bench.meet(good, 16, resume=session)
    assert again.server.resumed
    session = again.session()
    drop(again)
    assert not bench.meet(good, 16, resume=session).server.resumed


@PROTOCOLS
def test_a_certificate_that_is_known_is_judged_anew(make_bench, pki, clock, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    chains = [bench.meet(good, protocol).server.peer_facts().chain for _ in range(2)]
    assert chains[0][0] is chains[1][0]  # read once
    stranger = make_bench("SSLCLCERTR", authorities=[pki.clients["unknown"].certificate])
    assert not stranger.meet(good, protocol).accepted
    clock.forward(days=20_000)
    late = bench.meet(good, protocol)
    assert not late.accepted
    assert "has expired" in late.server.refusal.text


@PROTOCOLS
def test_ended_session_gives_neither_certificate_nor_login(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    first = bench.meet(good, protocol)
    session = first.session()
    first.server.peer_facts().session.ended = True
    first.server.close()
    first.server.take()
    drop(first)
    again = bench.meet(good, protocol, resume=session)
    if again.accepted:  # OpenSSL forgot the session: a full handshake, a new family
        assert not again.server.resumed
        assert not again.server.peer_facts().session.ended
    else:
        assert again.server.refusal.text.endswith("the SSL session was ended by $Web_End_SSLSes")
        assert bench.tls.current() is not again.server.generation


def test_an_ended_family_is_refused_in_tls13_by_its_older_ticket(make_bench, pki):
    # OpenSSL forgets only the last of the two tickets of a dropped connection.
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    first = bench.meet(good, 32)
    session = first.session()
    first.close()
    first.server.peer_facts().session.ended = True
    again = bench.meet(good, 32, resume=session)
    assert not again.accepted
    assert again.server.refusal.text.endswith("the SSL session was ended by $Web_End_SSLSes")
    assert not bench.meet(good, 32, resume=session).server.resumed


@PROTOCOLS
def test_resumed_certificate_without_a_known_family_is_refused(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    first = bench.meet(good, protocol)
    session = first.session()
    first.close()
    bench.tls.current().sessions._families.clear()
    again = bench.meet(good, protocol, resume=session)
    assert not again.accepted
    assert "resumed session is not known" in again.server.refusal.text


@PROTOCOLS
def test_resumed_certificate_must_be_the_family_s(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    first = bench.meet(good, protocol)
    session = first.session()
    family = first.server.peer_facts().session
    family.chain = (pki.clients["intermediate"].certificate, *family.chain[1:])
    first.close()
    assert not bench.meet(good, protocol, resume=session).accepted


@PROTOCOLS
def test_change_of_authorities_forgets_sessions(make_bench, pki, protocol):
    bench = make_bench("SSLCLCERTR")
    good = pki.clients["good"]
    first = bench.meet(good, protocol)
    session = first.session()
    first.close()
    bench.port.authorities = [TrustedCa("MYPROC", "OTHER.CERT", pki.stranger.certificate, "other")]
    bench.port.changed()
    again = bench.meet(good, protocol, resume=session)
    assert not again.server.resumed
    assert again.server.refusal.error in {19, 20}


def test_added_authority_counts_for_the_next_connection(make_bench, pki):
    bench = make_bench("SSLCLCERTR", authorities=[])
    before = bench.tls.current()
    assert not bench.meet(pki.clients["unknown"], 32).accepted
    assert bench.tls.current() is before
    bench.port.authorities.append(TrustedCa("MYPROC", "OTHER.CERT", pki.stranger.certificate, "other"))
    bench.port.changed()
    assert bench.meet(pki.clients["unknown"], 32).accepted


def test_earlier_connections_keep_their_generation(make_bench, pki):
    bench = make_bench("SSLCLCERTR")
    meeting = bench.meet(pki.clients["good"], 32)
    bench.port.changed()
    bench.tls.current()
    meeting.server.send(b"still here")
    meeting.client.feed(meeting.server.take())
    assert meeting.client.receive(100) == b"still here"


def test_session_ids_differ_between_generations(make_bench):
    bench = make_bench("SSLCLCERTR")
    numbers = set()
    for _ in range(3):
        numbers.add(bench.tls.current().number)
        bench.port.changed()
    assert len(numbers) == 3


@PROTOCOLS
def test_fault_in_the_callback_harms_no_other_connection(make_bench, pki, protocol, monkeypatch):
    bench = make_bench("SSLCLCERTR")
    good, other = pki.clients["good"], pki.clients["intermediate"]
    generation = bench.tls.current()
    judge = generation._judge

    def faulty(seen, certificate, error, depth, ok):
        if common_name(certificate.to_cryptography()) == "Bruno Baker":
            raise KeyboardInterrupt
        return judge(seen, certificate, error, depth, ok)

    monkeypatch.setattr(generation, "_judge", faulty)
    # Two handshakes of one context in step: an exception would come out of whichever is called next.
    calm = (TlsEngine(generation), TlsEngine(bench.client(good, protocol)))
    broken = (TlsEngine(generation), TlsEngine(bench.client(other, protocol)))
    for _ in range(6):
        for server, client in (broken, calm):
            client.handshake()
            server.feed(client.take())
            server.handshake()
            client.feed(server.take())
    assert calm[0].done
    assert calm[0].peer_facts().chain
    assert broken[0].refusal.text.endswith("client certificate could not be examined (KeyboardInterrupt)")
    assert broken[0].refusal.alert == 80


def test_fault_in_the_information_callback_is_not_fatal_to_others(make_bench, pki, monkeypatch, capsys):
    bench = make_bench("SSLCLCERTR")
    generation = bench.tls.current()

    def faulty(*_):
        raise RuntimeError("no table")

    with monkeypatch.context() as patch:
        patch.setattr(generation.sessions, "handshake_done", faulty)
        bench.meet(pki.clients["good"], 32)
    assert bench.meet(pki.clients["good"], 32).accepted
    assert capsys.readouterr().err == ""


def test_threads_share_a_generation(make_bench, pki):
    bench = make_bench("SSLCLCERTR")
    results: list[bool] = []
    generations = {}
    for name in ("good", "expired"):
        settings = client_settings("client", keys=pki.clients[name].material, authorities=(pki.root.certificate,))
        generations[name] = TlsGeneration(settings, bench.clock)

    def work(name: str) -> None:
        for _ in range(15):
            server, client = TlsEngine(bench.tls.current()), TlsEngine(generations[name])
            exchange(server, client)
            results.append((server.handshake() is Progress.DONE) is (name == "good"))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("good", "expired", "good")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [True] * 45
    assert bench.port.counters.new_sessions == 30
    assert bench.port.counters.errors == 15


def test_client_checks_a_resumed_server_certificate(make_bench, pki):
    bench = make_bench()
    client = bench.client(None, 16)
    first = bench.meet(None, 16)
    session = first.session()
    first.close()
    forged = replace(session, chain=(pki.clients["good"].certificate,))
    again = bench.meet(None, 16, resume=forged, client=client)
    assert again.client.refusal.text.startswith(
        "SSL handshake with the server failed - server certificate of a resumed"
    )


@PROTOCOLS
@pytest.mark.parametrize("way", ["short", "own"])
def test_old_settings_go_with_their_last_connection(make_bench, pki, protocol, monkeypatch, way):
    """... at once, without a search for garbage: they hold the sessions of thousands of clients."""
    if way == "own":
        monkeypatch.setattr(wrapper, "SHORT", None)
    bench = make_bench("SSLCLCERTR")
    gc.collect()
    gc.disable()
    try:
        meeting = bench.meet(pki.clients["good"], protocol)
        assert meeting.accepted
        old = bench.tls.current()
        settings, context = weakref.ref(old), weakref.ref(old.context)
        bench.port.changed()
        assert bench.tls.current() is not old
        del old
        assert settings() is not None  # the connection needs them
        meeting.close()
        del meeting
        assert settings() is None
        assert context() is None
        tls = weakref.ref(bench.tls)
        del bench
        assert tls() is None
    finally:
        gc.enable()
