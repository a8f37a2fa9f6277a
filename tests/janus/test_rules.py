"""The rule engine: order, access, substitution, exceptions, defaults; with property tests against a slow model."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from soul.janus.addresses import AddressError, Network
from soul.janus.clauses import Cursor
from soul.janus.groups import AddressGroup, Groups, UserGroup
from soul.janus.port import PortDefinition, PortType
from soul.janus.rules import (
    KNOWN_DECISIONS,
    KNOWN_LENGTH,
    AccessKind,
    Kind,
    Methods,
    RuleCommand,
    RuleSet,
    RuleType,
    TypeRule,
    fresh_rules,
)
from soul.janus.socket_rules import Caller
from soul.janus.web_rules import read_socket_rule, read_web_rule
from soul.janus.wildcards import Pattern, Template
from soul.online.command import CommandError

HERE = "10.0.0.1"


def rules(*lines: str, exact_case: bool = False) -> RuleSet:
    groups = Groups()
    groups.users["CLOWNS"] = UserGroup("CLOWNS", (Pattern("MILKY"), Pattern("BOZO*")))
    groups.addresses["INSIDE"] = AddressGroup("INSIDE", (Network.parse("10.0.0.0-8"),))
    made = RuleSet(groups, exact_case=exact_case)
    for line in lines:
        made.add(read(line, groups, exact_case))
    return made


def read(line: str, groups: Groups | None = None, exact_case: bool = False):
    return read_web_rule(Cursor.over(line, "WEB"), groups or Groups(), exact_case=exact_case)


def refused(line: str) -> str:
    with pytest.raises(CommandError) as caught:
        read(line)
    return caught.value.message.number


@pytest.mark.parametrize(
    ("url", "cmd", "path", "text"),
    [
        ("/SUBSYS/*", "*", "/SUBSYS/SUBSYSMGMT", "SUBSYSMGMT"),
        ("/INCLUDE/TEST/*", "INCLUDE WEB.TEST.*", "/INCLUDE/TEST/DISPLAY", "INCLUDE WEB.TEST.DISPLAY"),
        ("/JANWEB/*", "INCLUDE JANWEB.*", "/JANWEB/HOMEPAGE.HTML", "INCLUDE JANWEB.HOMEPAGE.HTML"),
    ],
)
def test_documented_substitutions_into_commands(url, cmd, path, text):
    match = rules(f"ON {url} CMD '{cmd}'").on(path, "GET")
    assert [command.text for command in match.commands] == [text]
    assert match.commands[0].hazard == ""


@pytest.mark.parametrize(
    ("rule", "path", "target"),
    [
        ("/JUNK/* HTTP://LOCAL.NTBOX.COM/JUNK/*", "/JUNK/MAIN.HTML", "HTTP://LOCAL.NTBOX.COM/JUNK/MAIN.HTML"),
        ("/A /B", "/A", "/B"),
        ("*.jpg http://www.example.com:8001/images/*.jpg", "/Cat.jpg", "http://www.example.com:8001/images//Cat.jpg"),
        ("/A/* /B/*", "/a/x\r\nSet-Cookie: y=1", "/B/x%0D%0ASet-Cookie:%20y=1"),
    ],
)
def test_redirects(rule, path, target):
    assert rules(f"REDIRECT {rule}").redirect(path, "GET") == target


def test_noredirect_hides_older_rules_and_newer_ones_count():
    made = rules("REDIRECT *.gif /x", "NOREDIRECT", "REDIRECT *.jav http://x/y/*.jav")
    assert made.redirect("/a.gif", "GET") is None
    assert made.redirect("/a.jav", "GET") == "http://x/y//a.jav"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "A 'B", "X\nLOGOUT", "X\r", "A, B", "?", "%2e%2e", "A;B", "X\u2028Y"]
)
def test_nothing_from_a_url_becomes_more_than_one_name(name):
    match = rules("ON /I/* CMD 'INCLUDE WEB.*' AND 'DISPLAY *'").on(f"/I/{name}", "GET")
    include, other = match.commands
    assert include.include == f"WEB.{name}".upper()
    if any(ord(char) < 32 or char == "\u2028" for char in name):
        assert include.hazard == "a control character"
    else:
        assert include.hazard == ""
    assert other.include is None
    assert other.hazard or all(char.isalnum() or char in "._-/@#$" for char in name)


def test_a_command_without_url_text_is_executed_as_written():
    match = rules("ON SSLNOCERTERR OPEN FILE MYPROC CMD 'INCLUDE MISSING CERTIFICATE ERROR'").exception("SSLNOCERTERR")
    (command,) = match.commands
    assert (command.text, command.include, command.hazard) == ("INCLUDE MISSING CERTIFICATE ERROR", None, "")
    assert match.rule.opens[0].name == "MYPROC"


def test_verb_from_the_url_is_told():
    command = RuleCommand(Template("*"), ("LOGOUT",))
    assert command.verb_from_url
    assert command.include is None
    assert RuleCommand(Template("*"), ("A B",)).hazard


def test_noupcase_matches_and_substitutes_exactly():
    assert rules("ON /A/* CMD 'I *'", exact_case=True).on("/a/x", "GET") is None
    assert rules("ON /A/* CMD 'I *'", exact_case=True).on("/A/x", "GET").commands[0].include == "x"
    assert rules("ON /A/* CMD 'I *'").on("/a/x", "GET").commands[0].include == "X"


@pytest.mark.parametrize(
    ("words", "applies"),
    [
        ("", {"GET", "HEAD", "POST"}),
        ("GET", {"GET", "HEAD"}),
        ("POST", {"POST"}),
        ("HEAD", {"HEAD"}),
        ("PUT", {"PUT"}),
        ("OTHER", {"DELETE", "PROPFIND", "BREW"}),
        ("ANY", {"GET", "HEAD", "POST", "PUT", "DELETE", "PROPFIND", "BREW"}),
        ("GET+PUT", {"GET", "HEAD", "PUT"}),
    ],
)
def test_methods(words, applies):
    made = rules(f"ON {words} /A CMD X")
    every = ["GET", "HEAD", "POST", "PUT", "DELETE", "PROPFIND", "BREW", "ABCDEFGHIJKLMNOPQ"]
    assert {method for method in every if made.on("/A", method)} == applies


METHOD_TEXTS = st.lists(
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OTHER", "ANY"]), min_size=1, max_size=3
)


@given(METHOD_TEXTS, METHOD_TEXTS, st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "X" * 17]))
def test_methods_cover_is_never_wrong(wide, narrow, method):
    one, other = Methods("+".join(wide)), Methods("+".join(narrow))
    if one.covers(other) and other.match(method):
        assert one.match(method)


def test_types_newest_first_and_pre_emption():
    made = rules("TYPE * text/plain", "TYPE *.HTML text/html")
    assert made.content_type("/X.HTML", "GET") == "text/html"
    assert made.content_type("/X.TXT", "GET") == "text/plain"
    assert made.content_type("/X.TXT", "PUT") is None
    preempted = made.add(read("TYPE * APPLICATION/X"))
    assert [rule.content_type for rule in preempted] == ["text/html", "text/plain"]
    assert made.content_type("/X.HTML", "GET") == "APPLICATION/X"


def test_a_rule_for_one_method_does_not_pre_empt_both():
    made = rules("TYPE *.HTML text/html")
    assert made.add(read("TYPE GET * text/plain")) == ()
    assert made.content_type("/X.HTML", "POST") == "text/html"


TYPES = st.tuples(st.text(alphabet="ab*?", max_size=4), st.sampled_from(["GET", "POST", "GET+POST", "ANY"]))


@given(st.lists(TYPES, max_size=6), st.text(alphabet="ab", max_size=4), st.sampled_from(["GET", "POST", "PUT"]))
def test_the_newest_matching_rule_decides_whatever_was_pre_empted(given_rules, path, method):
    made = RuleSet()
    for index, (url, methods) in enumerate(given_rules):
        made.add(TypeRule(RuleType.TYPE, Pattern(url), Methods(methods), content_type=str(index)))
    expected = None
    for index, (url, methods) in enumerate(given_rules):
        if Pattern(url).match(path) is not None and Methods(methods).match(method):
            expected = str(index)
    assert made.content_type(path, method) == expected


def test_documented_access_example():
    made = rules(
        "DISALLOW *",
        "ALLOW IPADDR 198.242.244.0-24",
        "ALLOW IPADDR 169.84.128.0-3",
        "DISALLOW IPADDR 169.84.128.17",
    )
    assert made.access("/A", "GET", "198.242.244.9").kind is AccessKind.PUBLIC
    assert made.access("/A", "GET", "198.242.245.9").kind is AccessKind.FORBIDDEN
    assert made.access("/A", "GET", "169.84.128.16").kind is AccessKind.PUBLIC
    assert made.access("/A", "GET", "169.84.128.17").kind is AccessKind.FORBIDDEN
    made.add(read("ALLOW USER *"))
    for address in ("198.242.244.9", "169.84.128.17", HERE):
        assert made.access("/A", "GET", address).kind is AccessKind.LOGIN


def test_user_rules():
    made = rules("DISALLOW *", "ALLOW * USER SIMP*")
    access = made.access("/A", "GET", HERE)
    assert access.kind is AccessKind.LOGIN
    assert access.admits("SIMPSON")
    assert not access.admits("BURNS")
    assert not access.public_after


def test_a_public_rule_behind_a_user_rule():
    access = rules("ALLOW *", "ALLOW /A USER HOMER").access("/A", "GET", HERE)
    assert access.kind is AccessKind.LOGIN
    assert access.public_after
    assert access.rule_for("MARGE") is None


def test_groups_and_both_conditions():
    made = rules("ALLOW * USGROUP CLOWNS IPGROUP INSIDE")
    assert made.access("/A", "GET", "192.168.1.1").kind is AccessKind.FORBIDDEN
    access = made.access("/A", "GET", "::ffff:10.2.3.4")
    assert access.admits("BOZO12")
    assert access.admits("MILKY")
    assert not access.admits("MILKY2")
    del made.groups.users["CLOWNS"]
    assert not access.admits("MILKY")


def test_new_password_field():
    rule = rules("ALLOW /PW USER * NEWPASSF2 NewPw").access("/PW", "POST", HERE).rule_for("X")
    assert (rule.new_password, rule.repeated) == ("NewPw", True)


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(["*", "/A", "/B*"]), st.sampled_from(["", "A*", "B"])), max_size=6
    ),
    st.sampled_from(["/A", "/B", "/C"]),
    st.sampled_from(["ABE", "B", "C"]),
)
def test_access_like_a_model(given_rules, path, userid):
    made = RuleSet()
    for allow, url, user in given_rules:
        made.add(read(f"ALLOW {url} {f'USER {user}' if user else ''}" if allow else f"DISALLOW {url}"))
    passed, verdict, admitted = 0, AccessKind.FORBIDDEN, False
    for allow, url, user in reversed(given_rules):
        if Pattern(url).match(path) is None:
            continue
        if not allow:
            break
        if not user:
            verdict = AccessKind.PUBLIC
            break
        passed += 1
        admitted = admitted or Pattern(user).match(userid) is not None
    access = made.access(path, "GET", HERE)
    assert access.kind is (AccessKind.LOGIN if passed else verdict)
    assert access.admits(userid) is admitted
    assert access.public_after is (passed > 0 and verdict is AccessKind.PUBLIC)


def test_exceptions_need_their_own_rule():
    made = rules("ON * CMD WEBSYS", "TYPE * text/html", "REDIRECT * /x")
    for name in ("REQCANCEL", "SSLNOCERTERR"):
        assert made.exception(name) is None
        assert made.exception_type(name) is None
        assert made.exception_redirect(name) is None
        assert not made.handles(name)
    for line in ("ON REQCANCEL CMD 'I X'", "TYPE REQCANCEL text/plain", "REDIRECT NODONE /sorry.html"):
        made.add(read(line))
    assert made.exception("REQCANCEL").commands[0].text == "I X"
    assert made.exception_type("REQCANCEL") == "text/plain"
    assert made.exception_redirect("NODONE") == "/sorry.html"
    assert made.handles("NODONE")
    assert made.on("/REQCANCEL", "GET").commands[0].text == "WEBSYS"
    made.add(read("ON REQCANCEL CMD 'I Y'"))
    assert made.exception("reqcancel").commands[0].text == "I Y"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("", "SOUL.2003"),
        ("ALOW *", "SOUL.2030"),
        ("ON /A", "SOUL.2034"),
        ("ON /A AUTODONE", "SOUL.2034"),
        ("ON /A CMD X SEND Y", "SOUL.2019"),
        ("ON /A CMD X AUTODONE NOAUTODONE", "SOUL.2019"),
        ("ON /A CMD X BINARY TEXT", "SOUL.2019"),
        ("ON /A CMD 'I *'", "SOUL.2033"),
        ("ON /A/* CMD 'I *.*'", "SOUL.2033"),
        ("ON /A/* SEND *.?", "SOUL.2033"),
        ("ON REQCANCEL CMD 'I *'", "SOUL.2033"),
        ("ON /A CMD X FORMPOSTWAIT 0", "SOUL.2015"),
        ("ON /A CMD X NOSUCH", "SOUL.2013"),
        ("ON /A CMD ''", "MSIR.0660"),
        ("ON /A SEND ''", "MSIR.0660"),
        ("ON GET REQCANCEL CMD X", "MSIR.0489"),
        ("TYPE POST NODONE text/html", "MSIR.0489"),
        ("ALLOW SSLNOCERTERR", "SOUL.2032"),
        ("ON REQCANCELED CMD X", "SOUL.2031"),
        ("ON '' CMD X", "MSIR.0660"),
        ("REDIRECT", "SOUL.2003"),
        ("REDIRECT /A", "SOUL.2003"),
        ("REDIRECT /A /B /C", "SOUL.2004"),
        ("REDIRECT /A/* /B/*/*", "SOUL.2033"),
        ("REDIRECT /A 'x y'", "SOUL.2017"),
        ("NOREDIRECT /A /B", "SOUL.2004"),
        ("TYPE *", "SOUL.2003"),
        ("TYPE * text/html x", "SOUL.2004"),
        ("ALLOW * USER", "SOUL.2016"),
        ("ALLOW * USER ''", "MSIR.0660"),
        ("ALLOW * USER A USGROUP B", "SOUL.2019"),
        ("ALLOW * IPADDR 1.2.3.4 IPGROUP B", "SOUL.2019"),
        ("ALLOW * IPADDR HOST", "SOUL.2017"),
        ("ALLOW * IPADDR 1.2.3.0-33", "SOUL.2017"),
        ("ALLOW * USGROUP NOSUCH", "SOUL.2008"),
        ("ALLOW * IPGROUP NOSUCH", "SOUL.2008"),
        ("DISALLOW * USER X", "SOUL.2013"),
        ("SCREEN *", "SOUL.2035"),
        ("DEBUG * NOSUCH", "SOUL.2013"),
    ],
)
def test_refused_rules(line, number):
    assert refused(line) == number


def test_on_parameters():
    rule = (
        rules(
            "ON POST /A OPEN WEBPROC AND FILE DATAPROC WITH X'0761' CMD 'UTABLE LQTBL 3000' AND 'INCLUDE PAGE' "
            "NOAUTODONE NOMSGSEND CRLF EXPIRE 60 FORMPOSTWAIT 5"
        )
        .on("/A", "POST")
        .rule
    )
    assert [template.text for template in rule.commands] == ["UTABLE LQTBL 3000", "INCLUDE PAGE"]
    assert [(one.name, one.kind, one.privileges) for one in rule.opens] == [
        ("WEBPROC", "", 0x0221),
        ("DATAPROC", "FILE", 0x0761),
    ]
    assert rule.choice("AUTODONE", True) is False
    assert rule.choice("AUTOON", True) is True
    assert rule.flag("CRLF")
    assert rule.integer("FORMPOSTWAIT", 900) == 5
    assert rule.string("EXPIRE") == "60"


def test_send_names_a_procedure():
    assert rules("ON /F/* SEND *.TXT").on("/F/a b", "GET").procedure == "A B.TXT"


def definition(**values: object) -> PortDefinition:
    return PortDefinition("P", 1, PortType.WEBSERV, 5, values, definer="HOMER")


def test_default_rules_of_an_ssl_port():
    made = fresh_rules(definition(SSL=("F", "K")), Groups(), web_default=1)
    access = made.access("/A", "GET", HERE)
    assert access.kind is AccessKind.LOGIN
    assert access.admits("HOMER")
    assert not access.admits("MARGE")
    assert made.access("/A", "PUT", HERE).kind is AccessKind.FORBIDDEN
    assert made.on("/", "GET") is None


def test_default_rules_without_ssl():
    assert fresh_rules(definition(), Groups()).access("/A", "GET", HERE).kind is AccessKind.FORBIDDEN
    made = fresh_rules(definition(), Groups(), web_default=1)
    assert made.access("/A", "GET", HERE).kind is AccessKind.PUBLIC
    assert made.access("/A", "PUT", HERE).kind is AccessKind.FORBIDDEN


def test_automatic_rules_are_not_counted_as_pre_empted():
    made = fresh_rules(definition(SSL=("F", "K")), Groups())
    assert made.add(read("ALLOW *")) == ()


def test_display_for_a_url_ends_with_the_rule_that_applies():
    made = rules("ON * CMD A", "ON /H/* CMD B", "ON /H/S CMD C", "ON /Z CMD D")
    shown = [rule.commands[0].text for rule in made.display(Kind.ON, Pattern("/H/S"))]
    assert shown == ["A", "B", "C"]
    assert [rule.commands[0].text for rule in made.display(Kind.ON, Pattern("/Z*"))] == ["A", "D"]


def test_displayed_rules_make_the_same_rules_again():
    lines = [
        "ALLOW POST /A/* USER 'B C' IPADDR 10.0.0.0/255.0.0.0",
        "ON REQCANCEL CMD 'I X'",
        "NOREDIRECT",
        "TYPE '/a b' x/y",
    ]
    made = rules(*lines)
    again = rules(*(rule.command("P").removeprefix("JANUS WEB P ") for rule in made.display()))
    assert [rule.command("P") for rule in again.display()] == [rule.command("P") for rule in made.display()]
    assert again.access("/A/1", "POST", HERE).admits("B C")


# Socket rules


def sockets(subcommand: str, *lines: str):
    made = rules()
    for line in lines:
        made.socket_rules.add(read_socket_rule(Cursor.over(line, subcommand), made.groups, subcommand))
    return made.socket_rules


def test_client_ports_are_closed_to_all_but_administrators():
    none = sockets("CLSOCK")
    assert not none.may_connect(Caller("FRED"), "h", 80)
    assert none.may_connect(Caller("ROOT", administrator=True), "h", 80)


def test_every_condition_of_a_client_rule_must_hold():
    made = sockets("CLSOCK", "ALLOW USER FRED PROC X REMOTE *.example.com 80 SUBSYS ''")
    assert made.may_connect(Caller("FRED", procedure="X"), "www.example.com", 80)
    assert not made.may_connect(Caller("FRED", procedure="Y"), "www.example.com", 80)
    assert not made.may_connect(Caller("FRED", procedure="X"), "www.example.com", 81)
    assert not made.may_connect(Caller("FRED", procedure="X"), "www.example.org", 80)
    assert not made.may_connect(Caller("FRED", procedure="X", subsystem="S"), "www.example.com", 80)
    assert not made.may_connect(Caller("BERT", procedure="X"), "www.example.com", 80)


def test_socket_rules_newest_first():
    made = sockets("CLSOCK", "ALLOW NONE", "DISALLOW USGROUP CLOWNS")
    assert made.may_connect(Caller("FRED"), "h", 1)
    assert not made.may_connect(Caller("BOZO"), "h", 1)


def test_server_port_rules():
    assert sockets("SRVSOCK").accepts(HERE)
    made = sockets("SRVSOCK", "DISALLOW", "ALLOW IPGROUP INSIDE", "DISALLOW 10.0.0.9", "ALLOW IPADDR fe80::200:0/48")
    assert made.accepts(HERE)
    assert not made.accepts("10.0.0.9")
    assert not made.accepts("192.168.0.1")
    assert made.accepts("fe80::200:0:300:16")


@pytest.mark.parametrize(
    ("subcommand", "line", "number"),
    [
        ("SRVSOCK", "", "SOUL.2003"),
        ("SRVSOCK", "TYPE *", "SOUL.2030"),
        ("SRVSOCK", "ALLOW HOSTNAME", "SOUL.2017"),
        ("SRVSOCK", "ALLOW 10.0.0.1 IPADDR 10.0.0.2", "SOUL.2019"),
        ("CLSOCK", "ALLOW REMOTE ''", "MSIR.0660"),
        ("CLSOCK", "ALLOW REMOTE H", "SOUL.2016"),
        ("CLSOCK", "ALLOW REMOTE H X", "SOUL.2015"),
        ("CLSOCK", "ALLOW NONE USER X", "SOUL.2019"),
        ("CLSOCK", "ALLOW IPADDR 10.0.0.1", "SOUL.2013"),
    ],
)
def test_refused_socket_rules(subcommand, line, number):
    with pytest.raises(CommandError) as caught:
        read_socket_rule(Cursor.over(line, subcommand), Groups(), subcommand)
    assert caught.value.message.number == number


# Addresses


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("198.242.244.0/255.255.255.0", "198.242.244.97", "198.242.245.1"),
        ("198.242.244.0-24", "198.242.244.97", "198.242.245.1"),
        ("198.242.244.97", "198.242.244.97", "198.242.244.98"),
        ("fe80::200:0/48", "fe80::200:0:300:16", "fe80:0:1::1"),
        ("fe80::1", "fe80::1%eth0", "fe80::2"),
        ("0.0.0.0-0", "1.2.3.4", "::1"),
        ("10.0.0.1", "::ffff:10.0.0.1", "not an address"),
    ],
)
def test_networks(text, inside, outside):
    network = Network.parse(text)
    assert network.holds(inside)
    assert not network.holds(outside)
    assert network.covers(network)


@pytest.mark.parametrize(
    "text", ["", "host", "1.2.3", "1.2.3.4-", "1.2.3.4/", "1.2.3.4-33", "1.2.3.4/255.0.255.0", "::1/129", "1.2.3.4-x"]
)
def test_not_networks(text):
    with pytest.raises(AddressError):
        Network.parse(text)


def test_strict_networks():
    with pytest.raises(AddressError, match="must be 0"):
        Network.parse("10.0.0.1-8", strict=True)


def test_a_decision_lasts_until_a_rule_is_added() -> None:
    made = rules("ON /A/* CMD 'I *'", "ALLOW *")
    first = made.decide("/A/X", "GET")
    assert made.decide("/A/X", "GET") is first
    assert first.on is not None
    assert made.decide("/A/X", "PUT") is not first
    for line in ("ON /A/X CMD 'I NEW'", "TYPE /A/X text/plain"):
        made.add(read(line))
    again = made.decide("/A/X", "GET")
    assert again.on is not None
    assert [command.text for command in again.on.commands] == ["I NEW"]
    assert again.content_type == "text/plain"
    assert [command.text for command in first.on.commands] == ["I X"]


def test_decisions_of_endless_urls_are_not_kept() -> None:
    made = rules("ON /A/* CMD 'I *'")
    for number in range(3 * KNOWN_DECISIONS):
        made.decide(f"/A/{number}", "GET")
    assert len(made._decisions) <= KNOWN_DECISIONS
    long = "/A/" + "X" * KNOWN_LENGTH
    assert made.decide(long, "GET") is not made.decide(long, "GET")
