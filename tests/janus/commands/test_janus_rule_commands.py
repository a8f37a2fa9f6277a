"""JANUS WEB, the displays, certifying authorities, groups and traces as commands."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from soul.janus.commands.dispatch import SUBCOMMANDS
from soul.janus.rules import AccessKind


def certificate(name: str, *, authority: bool) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def ssl(bench):
    bench.procedures(
        "MYPROC",
        {
            "ROOT.CERT": "some text\n" + certificate("www.sirius-software.com", authority=True),
            "TWO.CERT": certificate("One", authority=True) + certificate("Two", authority=True),
            "CLIENT.CERT": certificate("client", authority=False),
            "HALF.CERT": certificate("One", authority=True) + certificate("client", authority=False),
            "TEXT": "hello",
        },
    )
    bench.good(
        "JANUS DEFINE WEBA 1 WEBSERV 5 SSL F K\nJANUS DEFINE WEBB 2 WEBSERV 5 SSL F K\nJANUS DEFINE WEBC 3 WEBSERV 5"
    )
    return bench


def test_addca_leaves_ports_without_ssl_out(ssl):
    shown = ssl.good("JANUS ADDCA WEB* MYPROC ROOT.CERT")
    assert [row for row in shown if "MSIR.0642" in row] == [
        f"*** MSIR.0642: Added CA 'www.sirius-software.com' from file MYPROC, proc ROOT.CERT to port {name}"
        for name in ("WEBA", "WEBB")
    ]
    assert ssl.port("WEBA").generation == 2
    assert ssl.port("WEBC").authorities == []


def test_addca_takes_every_certificate_of_the_procedure_once(ssl):
    ssl.good("JANUS ADDCA WEBA MYPROC TWO.CERT")
    shown = ssl.good("JANUS ADDCA WEBA MYPROC TWO.CERT")
    assert [ca.name for ca in ssl.port("WEBA").authorities] == ["One", "Two"]
    assert "already" in shown[0]


@pytest.mark.parametrize("name", ["NOPE", "TEXT", "CLIENT.CERT", "HALF.CERT"])
def test_addca_refuses_all_or_nothing(ssl, name):
    before = ssl.picture()
    problem = ssl.refused(f"JANUS ADDCA WEBA MYPROC {name}")
    assert problem.number == "SOUL.2061"
    assert problem.source[problem.column - 1 :] == name
    assert ssl.picture() == before


def test_statusca_and_delca(ssl):
    ssl.good("JANUS ADDCA WEBA MYPROC ROOT.CERT\nJANUS ADDCA WEBB MYPROC TWO.CERT")
    ssl.port("WEBA").authorities[0].signed = 1
    rows = [row.split() for row in ssl.good("JANUS STATCA WEBA")]
    assert rows == [
        ["Portname", "Filename", "Procname", "Internal-name", "NumSigned"],
        ["WEBA", "MYPROC", "ROOT.CERT", "www.sirius-software.com", "1"],
    ]
    assert len(ssl.good("JANUS STATUSCA")) == 4
    assert len(ssl.good("JANUS STATUSCA * MYPROC TWO*")) == 3
    assert any("www.sirius-software.com" in row for row in ssl.good("JANUS DISCA WEBA"))
    ssl.good("JANUS DELCA WEBB MYPROC TWO.CERT")
    assert ssl.port("WEBB").authorities == []
    assert ssl.refused("JANUS DELCA WEBB MYPROC TWO.CERT").number == "SOUL.2062"


def test_pre_emption_is_told_by_type(bench):
    bench.good("JANUS DEFINE P 1 WEBSERV 5\nJANUS WEB P TYPE *.HTML TEXT/HTML\nJANUS WEB P ALLOW /A USER X")
    assert bench.good("JANUS WEB P TYPE * TEXT/PLAIN") == ["*** MSIR.0293: 1 JANUS WEB TYPE(S) for PORT P pre-empted"]
    assert "1 JANUS WEB ALLOW(S)" in bench.good("JANUS WEB P DISALLOW *")[0]


def test_first_sslnocerterr_rule_makes_handshakes_new(bench):
    bench.good("JANUS DEFINE P 1 WEBSERV 5 SSL F K SSLCLCERTR")
    bench.good("JANUS WEB P TYPE SSLNOCERTERR text/html")
    assert bench.port("P").generation == 1
    bench.good("JANUS WEB P ON SSLNOCERTERR OPEN FILE MYPROC CMD 'INCLUDE MISSING CERTIFICATE ERROR'")
    assert bench.port("P").generation == 2
    bench.good("JANUS WEB P ON SSLNOCERTERR CMD 'I X'")
    assert bench.port("P").generation == 2


def test_displayweb(bench):
    bench.good(
        "JANUS DEFINE OZ1 1 WEBSERV 5\nJANUS DEFINE OZ2 2 WEBSERV 5\nJANUS DEFINE KS 3 WEBSERV 5\n"
        "JANUS WEB OZ* ON * CMD A\nJANUS WEB OZ1 ON /HOUSECUP/* CMD B"
    )
    assert bench.good("JANUS DISWEB OZ* ON") == [
        "JANUS WEB OZ1 ON * CMD A",
        "JANUS WEB OZ1 ON /HOUSECUP/* CMD B",
        "JANUS WEB OZ2 ON * CMD A",
    ]
    assert bench.good("JANUS DISPLAYWEB OZ1 ON /HOUSECUP/STANDINGS")[-1] == "JANUS WEB OZ1 ON /HOUSECUP/* CMD B"
    assert bench.good("JANUS DISPLAYWEB KS") == ["JANUS WEB KS DISALLOW *"]


def test_wrong_rule_for_one_of_several_ports_adds_nothing(bench):
    bench.good("JANUS DEFINE A 1 WEBSERV 5\nJANUS DEFINE B 2 WEBSERV 5")
    before = bench.picture()
    bench.refused("JANUS WEB ? ON /A")
    assert bench.picture() == before


def test_webdflt(bench):
    bench.session.thread.parameters["WEBDFLT"] = 1
    bench.good("JANUS DEFINE P 1 WEBSERV 5")
    assert bench.port("P").rules.access("/", "GET", "10.0.0.1").kind is AccessKind.PUBLIC


def test_socket_rules_by_pattern(bench):
    bench.good(
        "JANUS DEFINE S1 1 SRVSOCK 5\nJANUS DEFINE S2 2 SRVSOCK 5\nJANUS SRVSOCK S? DISALLOW\nJANUS SRVSOCK S2 ALLOW 10.0.0.1"
    )
    assert not bench.port("S1").rules.socket_rules.accepts("10.0.0.1")
    assert bench.port("S2").rules.socket_rules.accepts("10.0.0.1")
    assert bench.good("JANUS DISSOCK S2") == ["JANUS SRVSOCK S2 ALLOW 10.0.0.1", "JANUS SRVSOCK S2 DISALLOW"]


def test_groups(bench):
    bench.good("JANUS DEFIPG PRIVILEGED 198.242.0.0-16, 169.231.11.0-24,184.194.222.7\nJANUS DEFUSG CLOWNS MILKY BOZO*")
    groups = bench.state.groups
    assert all(groups.has_address("privileged", a) for a in ("198.242.1.2", "169.231.11.200", "184.194.222.7"))
    assert not any(groups.has_address("PRIVILEGED", a) for a in ("169.231.12.1", "184.194.222.8"))
    assert [groups.has_user("CLOWNS", u) for u in ("MILKY", "BOZO", "BOZO12", "MILKY2")] == [True, True, True, False]
    assert bench.good("JANUS DISUSG") == ["JANUS DEFINEUSGROUP CLOWNS MILKY BOZO*"]
    assert bench.refused("JANUS DEFINEUSGROUP CLOWNS X").number == "SOUL.2007"
    bench.good("JANUS DELUSG CLOWNS")
    assert not groups.has_user("CLOWNS", "BOZO")


def test_trace_settings(bench):
    bench.good("JANUS DEFINE P 1 WEBSERV 5 TRACE 1\nJANUS DEFINE Q 1 SDS 5")
    port = bench.port("P")
    bench.good("JANUS TRACE P 198.242.244.0-24 2\nJANUS TRACE P 198.242.0.0-16 4")
    assert bench.state.trace(port, "198.242.244.9") == 2
    assert bench.state.trace(port, "198.242.1.9") == 4
    assert bench.state.trace(port, "10.0.0.1") == 1
    bench.good("JANUS TRACE P 198.242.244.9 X'10'\nJANUS TRACE P 8")
    assert bench.state.trace(port, "198.242.244.9") == 16
    assert bench.state.trace(port, "10.0.0.1") == 8
    assert port.definition.integer("TRACE") == 1
    bench.good("JANUS TRACE P OFF")
    assert bench.state.trace(port, "10.0.0.1") == 1
    assert bench.state.trace(bench.port("Q"), "10.0.0.1") == 3
    assert len(bench.good("JANUS DISTRACE P")) == 5


def test_domain(bench):
    bench.good("JANUS DOMAIN sirius-software.com")
    assert bench.good("JANUS DOMAIN") == ["JANUS DOMAIN sirius-software.com"]
    assert bench.state.qualified("hockey") == "hockey.sirius-software.com"
    assert bench.state.qualified("a.b") == "a.b"
    assert bench.state.qualified("::1") == "::1"


def test_name_server(bench):
    bench.good("JANUS NAMESERVER 10.0.0.1 AND 10.0.0.2 5353 TIMEOUT 3 RETRIES 2")
    assert bench.good("JANUS NAMESERVER") == ["JANUS NAMESERVER 10.0.0.1 AND 10.0.0.2 5353 TIMEOUT 3 RETRIES 2"]


def test_figures(bench):
    bench.good("JANUS DEFINE P 1 WEBSERV 10 SSL F K\nJANUS DEFINE Q 2 SRVSOCK 5")
    bench.port("P").counters.active = 3
    bench.port("P").counters.persistent = 2
    assert bench.good("JANUS TSTAT P")[1].split()[4:8] == ["3", "7", "2", "5"]
    rows = [row.split() for row in bench.good("JANUS SSLSTATUS")]
    assert [row[3:5] for row in rows] == [["Stat", "Prot"], ["Stop", "SSLV2"], ["Stop", "3/TLS"]]
    assert rows[0] == ["Name", "Port", "Type", "Stat", "Prot", "Connects", "SesNew", "SesNF", "SesTO", "Errs"]
    assert len(bench.good("JANUS LIMITS")) == 9
    assert len(bench.good("JANUS STATUS")) == 3
    assert bench.good("JANUS CONFIGURATION")


@pytest.mark.parametrize(
    ("synonym", "name"),
    [("DEFIPGROUP", "DEFINEIPGROUP"), ("DEFIPG", "DEFINEIPGROUP"), ("DEFINEIPG", "DEFINEIPGROUP"),
     ("DEFUSGROUP", "DEFINEUSGROUP"), ("DEFUSG", "DEFINEUSGROUP"), ("DEFINEUSG", "DEFINEUSGROUP"),
     ("SSLSTAT", "SSLSTATUS"), ("STATCA", "STATUSCA"), ("TSTAT", "TSTATUS"), ("DISCA", "DISPLAYCA"),
     ("DISWEB", "DISPLAYWEB"), ("DISSOCK", "DISPLAYSOCK"), ("DISTRACE", "DISPLAYTRACE"),
     ("DELIPG", "DELETEIPGROUP"), ("DELUSG", "DELETEUSGROUP")],
)  # fmt: skip
def test_documented_synonyms(synonym, name):
    assert SUBCOMMANDS[synonym] is SUBCOMMANDS[name]
