"""The offline Online: start-up errors, commands, connections, and what SOUL sees of a client."""

from __future__ import annotations

from pathlib import Path

import pytest

from soul.janus.certificates.development import make_development_certificates
from soul.testing.client import Refused, form_body
from soul.testing.offline import Offline, StartupFailed

STARTUP = """JANUS DEFINE SITE 9443 WEBSERV 5 HTTPVERSION 1.1 SSL JANSSL SERVER.PKEY SSLCLCERT KEEPALIVE 5
JANUS ADDCA SITE JANSSL ROOT.CERT
JANUS WEB SITE ALLOW *
JANUS WEB SITE ON POST / OPEN FILE MYPROC CMD 'INCLUDE FORM'
JANUS WEB SITE ON GET / OPEN FILE MYPROC CMD 'INCLUDE DER'
JANUS START SITE
JANUS DEFINE PLAIN 9080 WEBSERV 5 HTTPVERSION 1.1
JANUS WEB PLAIN ALLOW *
JANUS WEB PLAIN ON * OPEN FILE MYPROC CMD 'INCLUDE DER'
JANUS START PLAIN
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = make_development_certificates()
    (tmp_path / "MYPROC").mkdir()
    (tmp_path / "JANSSL").mkdir()
    (tmp_path / "JANSSL" / "ROOT.CERT").write_text(made.root.certificate_pem)
    (tmp_path / "JANSSL" / "SERVER.PKEY").write_text(made.server.pem)
    (tmp_path / "JANSSL" / "GOOD.PKEY").write_text(made.clients["good"].pem)
    (tmp_path / "MYPROC" / "DER").write_text(
        "Begin\n%der is longstring\n%der = %(System):ClientCertificate\nPrint $C2X($Lstr_Left(%der, 2))\nEnd\n"
    )
    (tmp_path / "MYPROC" / "FORM").write_text("Begin\nPrint 'name=' $Web_Form_Parm('NAME')\nEnd\n")
    (tmp_path / "ccain.m204").write_text(STARTUP)
    return tmp_path


def test_soul_sees_the_certificate_in_der(site: Path) -> None:
    with Offline(site) as online:
        assert online.request("SITE", certificate="GOOD").text.strip() == "3082"
        assert online.request("SITE").text.strip() == ""
        assert online.request("PLAIN").text.strip() == ""


def test_a_form_is_posted(site: Path) -> None:
    headers, body = form_body({"name": "Dolly Dinkle"})
    with Offline(site) as online:
        assert online.request("SITE", "POST", headers=headers, body=body).text == "name=Dolly Dinkle\r\n"


def test_start_up_errors_are_shown_with_their_place(site: Path) -> None:
    (site / "ccain.m204").write_text(STARTUP + "JANUS STRAT SITE\n")
    with pytest.raises(StartupFailed) as failure:
        Offline(site)
    assert str(failure.value).startswith(
        "ccain.m204 line 11 column 7: SOUL.2001: JANUS STRAT is not a known subcommand"
    )
    assert "    JANUS STRAT SITE\n          ^" in str(failure.value)


def test_a_port_that_is_not_there(site: Path) -> None:
    with Offline(site) as online:
        with pytest.raises(LookupError, match="NOWHERE is not defined"):
            online.connect("NOWHERE")
        online.commands("JANUS FORCE PLAIN\n")
        with pytest.raises(LookupError, match="PLAIN is not started"):
            online.connect("PLAIN")


def test_a_certificate_that_is_not_there(site: Path) -> None:
    with Offline(site) as online, pytest.raises(LookupError, match="client certificate BETTER: there is no procedure"):
        online.connect("SITE", certificate="BETTER")


def test_commands_return_what_a_terminal_shows(site: Path) -> None:
    with Offline(site) as online:
        assert "SITE" in online.commands("JANUS STATUS\n")
        assert "M204.1030" in online.commands("NO SUCH COMMAND\n")


def test_force_breaks_connections(site: Path) -> None:
    with Offline(site) as online:
        connection = online.connect("SITE", certificate="GOOD")
        online.commands("JANUS FORCE SITE\n")
        with pytest.raises(Refused):
            connection.exchange("GET", "/")
        online.network.wait()
        online.commands("JANUS START SITE\n")
        assert online.request("SITE", certificate="GOOD").status == 200


def test_keep_alive_and_pipelined_requests(site: Path) -> None:
    with Offline(site) as online, online.connect("SITE", certificate="GOOD") as connection:
        for _ in range(3):
            assert connection.exchange("GET", "/").body == b"3082\r\n"
        one = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        assert connection.exchange_raw(one + one).status == 200


def test_more_connections_than_allowed(site: Path) -> None:
    with Offline(site) as online:
        held = [online.connect("SITE") for _ in range(5)]
        with pytest.raises(Refused):
            online.connect("SITE")
        assert any("MSIR.0020" in line for line in online.audit)
        assert len(held) == 5
