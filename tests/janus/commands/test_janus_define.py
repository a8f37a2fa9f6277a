"""JANUS DEFINE: what is accepted, what is refused and where the caret points."""

from __future__ import annotations

import pytest

from soul.janus.parameters import PARAMETERS, Form, default_of
from soul.janus.port import CertificateRequest, OpenClause, PortType

EXAMPLE = """\
JANUS DEFINE CLCERTWEB 9733 WEBSERV 10 HTTPVERSION 1.1 -
   SSL JANSSL TM2008.PKEY SSLCLCERTR
"""


def test_documented_example_of_a_client_certificate_port(bench):
    bench.good(EXAMPLE)
    definition = bench.port("CLCERTWEB").definition
    assert (definition.number, definition.type, definition.max_connections) == (9733, PortType.WEBSERV, 10)
    assert definition.string("HTTPVERSION") == "1.1"
    assert definition.key_location == ("JANSSL", "TM2008.PKEY")
    assert definition.certificate_request is CertificateRequest.REQUIRE
    assert definition.definer == "USER0"


def test_documented_client_port(bench):
    bench.good(
        "JANUS DEFINE CLMASTER * CLSOCK 5 TIMEOUT 240 REMOTE * * MASTER SSL 0 -\n"
        " SSLOPT SSLMAXCERTL 4096 SSLBSIZE 32767 LINEND 0D0A"
    )
    definition = bench.port("CLMASTER").definition
    assert definition.number is None
    assert definition.ssl
    assert definition.key_location is None
    assert definition.values["REMOTE"] == ("*", None)
    assert definition.string("LINEND") == "0D0A"
    assert definition.integer("SSLBSIZE") == 32767
    assert "REMOTE" not in bench.good("JANUS DISPLAY CLMASTER")[0]


def test_login_clauses(bench):
    bench.good(
        "JANUS DEFINE SECAPI 9744 WEBSERV 20 SSL JANSSL K SSLCLCERT SSLSES PRELOGINUSER PRELOG -\n"
        " NEWSESOPEN FILE MYPROC AND FILE CERTMAP WITH X'BFFF' AND STUFF X'0761' -\n"
        " NEWSESCMD 'UTABLE LQTBL 3000' AND -\n"
        " 'INCLUDE CERT.LOGIN'"
    )
    definition = bench.port("SECAPI").definition
    assert definition.opens("NEWSESOPEN") == (
        OpenClause("MYPROC", "FILE", 0x0221),
        OpenClause("CERTMAP", "FILE", 0xBFFF),
        OpenClause("STUFF", "", 0x0761),
    )
    assert definition.commands("NEWSESCMD") == ("UTABLE LQTBL 3000", "INCLUDE CERT.LOGIN")
    assert definition.string("PRELOGINUSER") == "PRELOG"


@pytest.mark.parametrize(
    ("operands", "type_", "maximum"),
    [
        ("TRENDS 517 OPENSERV 10 ALLOCC CMD 'TRENDS 3.4'", PortType.OPENSERV, 10),
        ("DIRECT 810 IFDIAL 20 TIMEOUT 600", PortType.IFDIAL, 20),
        ("INTRANET 3278 WEBSERV 50 TRACE 9", PortType.WEBSERV, 50),
        ("WWW 666 WEBSERV 300 WEBUSER WWWUSER CMD 'UTABLE LSTBL 12000'", PortType.WEBSERV, 300),
        ("FTP 2121 FTPSERVER 10 ANONYMOUS * ANONUSER SMITH", PortType.FTPSERVER, 10),
        ("PIPE * CLSOCK 5 REMOTE * * SOCKPMAX 2", PortType.CLSOCK, 5),
        ("TELNETSRV 23 SRVSOCK 10 NEWSESOPEN TELNETP NEWSESCMD 'INCLUDE TELNETLOGIN'", PortType.SRVSOCK, 10),
        ("P 1 WEBSERV 1 SESCOOKIE KEEPALIVE 30", PortType.WEBSERV, 1),
        ("P 1 SRVSOCK 1 PRSTOK AMBIG|0D0A|0D|0A LINEND NONE", PortType.SRVSOCK, 1),
        ("P 1 WEBSERV 1 BINDADDR 127.0.0.1 WEBLM 5", PortType.WEBSERV, 1),
        (f"{'A' * 30} 1 WEBSERV 1", PortType.WEBSERV, 1),
    ],
)
def test_accepted(bench, operands, type_, maximum):
    bench.good(f"JANUS DEFINE {operands}")
    definition = bench.port(operands.split()[0]).definition
    assert (definition.type, definition.max_connections) == (type_, maximum)


def test_synonym_stores_the_documented_name(bench):
    bench.good("JANUS DEFINE P 1 WEBSERV 1 WEBLM 5")
    assert bench.port("P").definition.integer("WEBLOGMAX") == 5


def test_masks_are_decimal_or_hexadecimal(bench):
    bench.good("JANUS DEFINE P 1 WEBSERV 1 SSL F K SSLPROT X'10' SSLCIPH 3")
    assert bench.port("P").definition.integer("SSLPROT") == 0x10
    assert bench.port("P").definition.integer("SSLCIPH") == 3


REFUSED = [
    # operands, message number, the text the caret points at, part of the text or hint
    ("", "SOUL.2003", "", "port name"),
    ("NEW", "SOUL.2003", "", "port number"),
    ("NEW 70", "SOUL.2003", "", "port type"),
    ("NEW 70 WEBSERV", "SOUL.2003", "", "connections"),
    (f"{'A' * 31} 70 WEBSERV 1", "SOUL.2006", "A" * 31, "30 characters"),
    ("NE*W 70 WEBSERV 1", "SOUL.2006", "NE*W", "letters"),
    ("NEW 0 WEBSERV 1", "SOUL.2010", "0", "65535"),
    ("NEW 65536 WEBSERV 1", "SOUL.2010", "65536", "65535"),
    ("NEW 90210 SDS 10", "SOUL.2010", "90210", "65535"),
    ("NEW * WEBSERV 1", "SOUL.2010", "*", "65535"),
    ("NEW X'50' WEBSERV 1", "SOUL.2010", "X'50'", "65535"),
    ("NEW 70 WEBSRV 1", "SOUL.2011", "WEBSRV", "did you mean WEBSERV?"),
    ("NEW 70 WEBSERV TEN", "SOUL.2012", "TEN", "32767"),
    ("NEW 70 WEBSERV 0", "SOUL.2012", "0", "32767"),
    ("NEW 70 WEBSERV 1 SSLCLCRT", "SOUL.2013", "SSLCLCRT", "did you mean SSLCLCERT?"),
    ("NEW 70 WEBSERV 1 SSL", "SOUL.2016", "", "a file and a procedure"),
    ("NEW 70 WEBSERV 1 SSL JANSSL", "SOUL.2016", "", "a file and a procedure"),
    ("NEW 70 WEBSERV 1 SSL JANSSL TIMEOUT 3", "SOUL.2016", "TIMEOUT", "a file and a procedure"),
    ("NEW 70 WEBSERV 1 SSL 0", "SOUL.2017", "SSL", "needs a key"),
    ("NEW 70 WEBSERV 1 SSL CCAJ X", "SOUL.2017", "CCAJ", "must not start"),
    ("NEW 70 WEBSERV 1 SSLCLCERT", "SOUL.2020", "SSLCLCERT", "SSL parameter"),
    ("NEW 70 WEBSERV 1 SSLCLCERTR", "SOUL.2020", "SSLCLCERTR", "SSL parameter"),
    ("NEW 70 WEBSERV 1 SSLSES", "SOUL.2020", "SSLSES", "SSL parameter"),
    ("NEW 70 SRVSOCK 1 SSL F K SSLSES", "SOUL.2014", "SSLSES", "WEBSERV"),
    ("NEW 70 WEBSERV 1 SSL F K SSLOPT", "SOUL.2014", "SSLOPT", "CLSOCK"),
    ("NEW 70 TNSERV 1 SSL F K SSLCLCERT", "SOUL.2014", "SSLCLCERT", "SRVSOCK"),
    ("NEW 70 SRVSOCK 1 SOCKPMAX 2", "SOUL.2014", "SOCKPMAX", "CLSOCK"),
    ("NEW 70 WEBSERV 1 LINEND 0D", "SOUL.2014", "LINEND", "SRVSOCK"),
    ("NEW 70 FTPSERVER 1 OPEN X", "SOUL.2014", "OPEN", "WEBSERV"),
    ("NEW 70 SRVSOCK 1 KEEPALIVE 30", "SOUL.2014", "KEEPALIVE", "WEBSERV"),
    ("NEW 70 WEBSERV 1 KEEPALIVE 32768", "SOUL.2015", "32768", "0 to 32767"),
    ("NEW 70 WEBSERV 1 SSL F K SSLMAXCERTL 255", "SOUL.2015", "255", "256 to 32767"),
    ("NEW 70 WEBSERV 1 SSL F K SSLMAXCERTL 32768", "SOUL.2015", "32768", "256 to 32767"),
    ("NEW 70 WEBSERV 1 SSL F K SSLBSIZE 1023", "SOUL.2015", "1023", "1024 to 32767"),
    ("NEW 70 WEBSERV 1 SSL F K SSLOBSIZE 16385", "SOUL.2015", "16385", "1024 to 16384"),
    ("NEW 70 WEBSERV 1 OBSIZE 511", "SOUL.2015", "511", "512 to 65534"),
    ("NEW 70 WEBSERV 1 OBSIZE 65535", "SOUL.2015", "65535", "512 to 65534"),
    ("NEW 70 WEBSERV 1 FORMPOSTWAIT 0", "SOUL.2015", "0", "1 to 32767"),
    ("NEW 70 FTPSERVER 5 ANONYMOUS 6", "SOUL.2015", "ANONYMOUS", "1 to 5"),
    ("NEW 70 FTPSERVER 5 PASVPORT 999", "SOUL.2015", "999", "1000 to 32767"),
    ("NEW * CLSOCK 5 SOCKPMAX 0", "SOUL.2015", "0", "1 to 32767"),
    ("NEW * CLSOCK 5 REMOTE H 0", "SOUL.2015", "0", "or *"),
    ("NEW * CLSOCK 5 REMOTE H", "SOUL.2016", "", "a host and a port number"),
    ("NEW 70 WEBSERV 1 TIMEOUT", "SOUL.2016", "", "a number"),
    ("NEW 70 WEBSERV 1 TIMEOUT ALLOCC", "SOUL.2016", "ALLOCC", "a number"),
    ("NEW 70 WEBSERV 1 TIMEOUT -1", "SOUL.2016", "-1", "a number"),
    ("NEW 70 WEBSERV 1 SLOWCLOSE X'GG'", "SOUL.2016", "X'GG'", "X'nn'"),
    ("NEW 70 WEBSERV 1 WEBUSER WEBPUBLOG", "SOUL.2016", "WEBPUBLOG", "a name"),
    ("NEW 70 WEBSERV 1 HTTPVERSION 2.0", "SOUL.2017", "2.0", "1.0, 1.1"),
    ("NEW 70 WEBSERV 1 BINDADDR HOST", "SOUL.2017", "HOST", "IP address"),
    ("NEW 70 SRVSOCK 1 LINEND 0D0", "SOUL.2017", "0D0", "hexadecimal"),
    ("NEW 70 SRVSOCK 1 PRSTOK 0D0A|0D|0A", "SOUL.2017", "0D0A|0D|0A", "AMBIG"),
    ("NEW 70 SRVSOCK 1 PRSTOK AMBIG|0D0A|0D09", "SOUL.2017", "AMBIG|0D0A|0D09", "AMBIG"),
    ("NEW 70 WEBSERV 1 ALLOCC ALLOCC", "SOUL.2018", "ALLOCC", "twice"),
    ("NEW 70 WEBSERV 1 AUTODONE NOAUTODONE", "SOUL.2019", "NOAUTODONE", "exclude"),
    ("NEW 70 WEBSERV 1 UPCASE NOUPCASE", "SOUL.2019", "NOUPCASE", "exclude"),
    (f"NEW 70 WEBSERV 1 CMD '{'A' * 255}'", "SOUL.2021", "CMD", "256 bytes"),
    (f"NEW 70 WEBSERV 1 NEWSESCMD '{'A' * 127}' AND '{'B' * 127}'", "SOUL.2021", "NEWSESCMD", "256 bytes"),
    ("NEW 70 WEBSERV 1 CMD 'X' AND", "SOUL.2003", "", "command of CMD"),
    ("NEW 70 WEBSERV 1 CMD AND 'X'", "SOUL.2022", "AND", "between"),
    ("NEW 70 WEBSERV 1 CMD ''", "MSIR.0660", "''", "CMD clause"),
    ("NEW 70 WEBSERV 1 CMD 'INCLUDE X", "SOUL.0208", "'INCLUDE X", "NOT CLOSED"),
    ("NEW 70 WEBSERV 1 OPEN A AND", "SOUL.2003", "", "OPEN"),
    ("NEW 70 WEBSERV 1 OPEN A WITH", "SOUL.2016", "", "privileges"),
    ("NEW 70 WEBSERV 1 OPEN A WITH X'10000'", "SOUL.2015", "X'10000'", "FFFF"),
    ("NEW 70 WEBSERV 1 INCLUDE X", "SOUL.2013", "INCLUDE", "not a parameter"),
    ("KNOWN 70 WEBSERV 1", "SOUL.2007", "KNOWN", "defined already"),
    ("known 70 WEBSERV 1", "SOUL.2007", "known", "defined already"),
]


@pytest.mark.parametrize(("operands", "number", "pointed", "part"), REFUSED, ids=[row[0][:60] for row in REFUSED])
def test_refused_and_nothing_changed(bench, operands, number, pointed, part):
    bench.good("JANUS DEFINE KNOWN 71 WEBSERV 5 SSL F K\nJANUS WEB KNOWN ALLOW")
    before = bench.picture()
    line = f"JANUS DEFINE {operands}"
    problem = bench.refused(line)
    assert problem.number == number
    assert part in f"{problem.text} {problem.hint}"
    assert bench.picture() == before
    if pointed:
        assert problem.source[problem.column - 1 :].startswith(pointed)
    else:
        assert problem.column == len(line.rstrip()) + 1


def test_caret_in_a_continued_line(bench):
    problem = bench.refused("JANUS DEFINE NEW 70 WEBSERV 1 -\n   ALLOCC -\n   NOSUCH")
    assert (problem.line, problem.column, problem.source) == (3, 4, "   NOSUCH")


def test_lost_hyphen_is_explained(bench):
    problem = bench.refused("JANUS DEFINE NEW 70 WEBSERV 1\n  SSL JANSSL SITE.PKEY SSLCLCERTR")
    assert problem.number == "M204.1030"
    assert "SSL is a parameter of JANUS DEFINE" in problem.hint
    assert "hyphen" in problem.hint


def test_no_effect_is_said_once_in_the_audit_trail(bench):
    shown = bench.good("JANUS DEFINE NEW 70 WEBSERV 1 ALLOCC OBSIZE 4096 SLOWCLOSE 0")
    assert not any("SOUL.2041" in row for row in shown)
    said = [row for row in bench.audit() if "SOUL.2041" in row]
    assert len(said) == 2
    assert any("ALLOCC, OBSIZE" in row for row in said)


def test_sizes_without_ssl_are_warned_about(bench):
    shown = bench.good("JANUS DEFINE NEW 70 WEBSERV 1 SSLMAXAGE 10")
    assert any("SSLMAXAGE: no effect on a port without SSL" in row for row in shown)


def test_only_system_managers(bench):
    session = bench.online.session(bench.online.new_thread(bench.screen, userid="ALICE"))
    assert [problem.number for problem in session.execute("JANUS DISPLAY")] == ["SOUL.0206"]


def test_defaults_lie_in_their_ranges():
    for name, row in PARAMETERS.items():
        if isinstance(row.default, int) and row.form in {Form.NUMBER, Form.MASK}:
            assert row.minimum <= row.default <= row.maximum, name
        assert row.types, name


@pytest.mark.parametrize(
    ("name", "value"),
    [("SSLPROT", 0x1E), ("SSLCIPH", 0), ("SSLMAXAGE", 1440), ("SSLMAXCERTL", 1024), ("SSLBSIZE", 4096),
     ("OBSIZE", 8192), ("TIMEOUT", 0), ("KEEPALIVE", 0), ("SLOWCLOSE", 1), ("LINEND", "0D"), ("PRSTOK", "NONE"),
     ("SOCKPMAX", 1), ("FORMPOSTWAIT", 900), ("FORMREDIRWAIT", 60), ("PRELOGINUSER", "NO USERID"),
     ("WEBLOGHOLD", 0), ("PASVPORT", 5000), ("REMOTE", ("*", None)), ("TRACE", 0)],
)  # fmt: skip
def test_documented_defaults(name, value):
    assert default_of(name) == value


def test_default_trace_of_tabular_data_ports():
    assert default_of("TRACE", PortType.SDS) == default_of("TRACE", PortType.OPENSERV) == 3
