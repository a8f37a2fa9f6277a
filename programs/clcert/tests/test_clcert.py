"""The demonstration's ports, offline: what each client sees."""

from __future__ import annotations

import re

import pytest

from soul.testing.client import Refused
from soul.testing.offline import Offline

REQUIRED_AND_MISSING = "MSIR.0646: Error requesting client certificate - client did not have required certificate"


def test_without_certificate_the_handler_explains(online: Offline) -> None:
    answer = online.request("CLCERTWEB", "GET", "/")
    assert answer.status == 403
    assert "A certificate is needed here" in answer.text
    assert "Traceback" not in answer.text


def test_with_certificate_every_item_of_every_level_is_listed(online: Offline) -> None:
    answer = online.request("CLCERTWEB", "GET", "/", certificate="GOOD")
    assert answer.status == 200
    assert "<h1>Welcome, Alice Archer</h1>" in answer.text
    assert "Level 0: You" in answer.text
    assert "Level 1: The authority this port trusts" in answer.text
    assert "<tr><th>Organizational unit</th><td>Development</td></tr>" in answer.text
    assert "<td>Company Root CA</td>" in answer.text
    shown = re.findall(r"<tr><th>(.*?)</th><td>(.*?)</td></tr>", answer.text)
    labels = [
        "Common name",
        "Organizational unit",
        "Organization",
        "E-mail",
        "Serial number",
        "Valid from",
        "Valid until",
    ]
    assert [label for label, _ in shown[:7]] == labels
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", value) for label, value in shown if label.startswith("Valid"))


def test_an_intermediate_authority_is_a_level_of_its_own(online: Offline) -> None:
    answer = online.request("CLCERTWEB", "GET", "/", certificate="INTERMEDIATE")
    assert "Level 1: Signed by" in answer.text
    assert "Level 2: The authority this port trusts" in answer.text


def test_a_partner_is_trusted_too(online: Offline) -> None:
    assert "<td>Partner1 Root CA</td>" in online.request("CLCERTWEB", "GET", "/", certificate="PARTNER1").text


def test_without_rule_the_handshake_refuses(online: Offline) -> None:
    with pytest.raises(Refused) as refusal:
        online.request("CLCERTREQ", "GET", "/")
    assert refusal.value.alert == 116
    assert any(REQUIRED_AND_MISSING in line for line in online.audit)


@pytest.mark.parametrize(
    ("certificate", "alert"), [("EXPIRED", 45), ("FUTURE", 42), ("UNKNOWN", 48), ("SELFSIGNED", 48)]
)
@pytest.mark.parametrize("port", ["CLCERTWEB", "CLCERTREQ", "CLCERTASK", "CLCERTMAP", "CLCERTSOCK"])
def test_a_bad_certificate_is_refused_everywhere(online: Offline, port: str, certificate: str, alert: int) -> None:
    with pytest.raises(Refused) as refusal, online.connect(port, certificate=certificate) as connection:
        connection.receive()
    assert refusal.value.alert == alert


def test_asking_port_welcomes_everybody(online: Offline) -> None:
    assert "whoever you are" in online.request("CLCERTASK", "GET", "/").text
    assert "Welcome, Alice Archer" in online.request("CLCERTASK", "GET", "/", certificate="GOOD").text


def test_a_certificate_is_a_login(online: Offline) -> None:
    answer = online.request("CLCERTMAP", "GET", "/private", certificate="GOOD")
    assert (answer.status, answer.userid) == (200, "ALICE")
    assert "Hello ALICE, this page is yours" in answer.text


@pytest.mark.parametrize("certificate", [None, "INTERMEDIATE", "PARTNER1"])
def test_the_private_page_is_for_alice_only(online: Offline, certificate: str | None) -> None:
    answer = online.request("CLCERTMAP", "GET", "/private", certificate=certificate)
    assert answer.status == 403
    assert "This page is not for you" in answer.text
    assert "this page is yours" not in answer.text


def test_an_unknown_page_is_not_found(online: Offline) -> None:
    assert online.request("CLCERTWEB", "GET", "/nothing", certificate="GOOD").status == 404


def test_the_socket_port_says_who_is_there(online: Offline) -> None:
    with online.connect("CLCERTSOCK", certificate="GOOD") as connection:
        assert connection.receive_line() == "client: Alice Archer"
        assert connection.receive_line() == "signer: Company Root CA"
        assert connection.receive_line() == "levels: 2"
        connection.send_line("hello")
        assert connection.receive_line() == "you said: hello"
        connection.send_line("BYE")
        assert connection.receive_line() == "goodbye"
        assert connection.receive() == b""


def test_the_socket_port_requires_a_certificate(online: Offline) -> None:
    with pytest.raises(Refused) as refusal, online.connect("CLCERTSOCK") as connection:
        connection.receive()
    assert refusal.value.alert == 116
    assert any(REQUIRED_AND_MISSING in line for line in online.audit)
