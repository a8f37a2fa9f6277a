"""The life of a web request: rules, logins, commands, exception handlers, security."""

from __future__ import annotations

import base64

import pytest

from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.peer import SslSession
from soul.runtime.errors import Stopped, cancelled


def text(response: HttpResponse) -> str:
    return response.body.decode()


def say(*texts: str):
    """Return a handler that prints texts and the userid."""

    def code(program):
        program.print(*texts, program.thread.userid)

    return code


def fail(program):
    program.print("half a page")
    raise cancelled("the secret reason")


# -- rules ----------------------------------------------------------------------------------------------------


def test_page_of_a_public_url_runs_as_webuser(page):
    response = page.run(say("Hello"))
    assert (response.status, text(response), response.userid) == (200, "Hello\r\nGUEST\r\n", "GUEST")
    assert response.headers == [("Content-Type", "text/html")]
    assert "WEB 192.0.2.7 GET /X 200, 14 bytes, run as GUEST" in page.audit


def test_url_without_on_rule_is_not_found_and_port_commands_do_not_run(site):
    site.handler("SETUP", say())
    site.define("CMD 'INCLUDE SETUP'", "ALLOW *\nON /A CMD 'MUMBLE x'")
    assert site.send(target="/NOPE").status == 404
    assert site.calls == []
    site.send(target="/A")
    assert site.calls == ["SETUP"]


def test_port_commands_run_before_the_rule_s_and_their_output_is_not_collected(site):
    site.handler("SETUP", say("setup"))
    site.handler("PAGE", say("page"))
    site.define("CMD 'INCLUDE SETUP'", "ALLOW *\nON /A CMD 'INCLUDE PAGE' AND 'INCLUDE PAGE'")
    assert text(site.send(target="/A")).split() == ["page", "WEBUSER", "page", "WEBUSER"]
    assert site.calls == ["SETUP", "PAGE", "PAGE"]


def test_redirect_comes_before_the_login(site):
    site.define("", "REDIRECT /OLD/* /NEW/*\nALLOW * USER *")
    response = site.send(target="/OLD/X?a=b")
    assert response.status == 302
    assert ("Location", "/NEW/X?a=b") in response.headers


def test_type_rules_newest_first_and_overridden_by_the_program(site, first_header):
    site.handler("P", say("x"))
    site.handler("Q", lambda p: p("$Web_Type", "text/plain") or p.print("x"))
    site.define(
        "", "ALLOW *\nTYPE * application/myapp\nTYPE *.HTML text/html\nON *.Q CMD 'INCLUDE P'\nON * CMD 'INCLUDE P'"
    )
    assert first_header(site.send(target="/X.HTML"), "content-type") == "text/html"
    assert first_header(site.send(target="/X"), "content-type") == "application/myapp"


def test_first_open_item_of_the_rule_is_the_default_file(site):
    site.handler("PAGE", say("other"), "OTHER")
    site.define("", "ALLOW *\nON /A OPEN FILE OTHER AND FILE MYPROC CMD 'INCLUDE PAGE'")
    assert text(site.send(target="/A")).startswith("other")


def test_methods(site):
    site.handler("P", say("x"))
    site.define("", "ALLOW *\nON GET /A CMD 'INCLUDE P'")
    assert site.send("HEAD", "/A").status == 200
    assert site.send("POST", "/A", headers={"Content-Type": "text/xml"}, body=b"x").status == 404
    assert site.send("PUT", "/A", body=b"x").status == 403  # no default rule covers PUT


def test_forbidden_and_unauthorized(site, first_header):
    site.define("", "DISALLOW *\nALLOW /IN USER *\nALLOW /IP IPADDR 10.0.0.0-8\nON * CMD 'MUMBLE x'")
    assert site.send(target="/OUT").status == 403
    response = site.send(target="/IN")
    assert response.status == 401
    assert first_header(response, "www-authenticate") == 'Basic realm="WEB", charset="UTF-8"'
    assert site.send(target="/IP").status == 403
    assert site.send(target="/IP", peer=site.peer(host="10.1.2.3")).status == 200
    assert site.service.statistics.jweberrs == 3


# -- HTTP logins ----------------------------------------------------------------------------------------------

LOGIN_RULES = "DISALLOW *\nALLOW * USER HOM*\nON * CMD 'INCLUDE WHO'"


def test_basic_login(site):
    site.handler("WHO", say())
    site.define("", LOGIN_RULES)
    response = site.send(login="homer:doh")  # folded to upper case
    assert (response.status, response.userid, text(response)) == (200, "HOMER", "HOMER\r\n")
    assert site.send(login="homer:wrong").status == 401
    assert site.send(login="marge:blue").status == 401
    assert site.send(headers={"Authorization": "Basic !!!"}).status == 401
    assert site.send(headers={"Authorization": "Bearer x"}).status == 401
    assert "DOH" not in site.audit
    assert "wrong" not in site.audit.lower().replace("wrong password", "")
    assert "login of HOMER failed: wrong password" in site.audit


def test_noupcase_login_is_exact(site):
    site.handler("WHO", say())
    site.define("NOUPCASE", "DISALLOW *\nALLOW * USER *\nON * CMD 'INCLUDE WHO'")
    assert site.send(login="HOMER:doh").status == 401
    assert site.send(login="HOMER:DOH").status == 200


def test_logonerr_handler_runs_as_webuser_and_sees_the_messages(site):
    seen = []

    def code(p):
        count = p("$Web_Num_LogMsg")
        seen.extend([p.thread.userid, p("$Web_User"), count, p("$Web_LogMsg", 0), p("$Web_LogMsg", count + 1)])
        seen.append([p("$Web_LogMsg", n) for n in range(1, count + 1)])

    site.handler("ERR", code)
    site.define("WEBUSER GUEST", LOGIN_RULES + "\nON LOGONERR CMD 'INCLUDE ERR'")
    assert site.send(login="homer:nope").status == 200
    assert seen[:2] == ["GUEST", "HOMER"]
    assert seen[3:5] == ["", ""]
    assert any("M204.0349" in line for line in seen[5])


def test_logmsgi_hides_the_login_messages(site):
    seen = []
    site.handler("ERR", lambda p: seen.append(p("$Web_Num_LogMsg")))
    site.define("LOGMSGI", LOGIN_RULES + "\nON LOGONERR CMD 'INCLUDE ERR'")
    site.send(login="homer:nope")
    assert seen == [0]


def test_password_change_in_the_login_box(site):
    site.handler("WHO", say())
    site.define("", LOGIN_RULES)
    assert site.send(login="homer:doh:mmm").status == 401  # at once, so that the browser asks for the new one
    assert site.send(login="homer:doh").status == 401
    assert site.send(login="homer:mmm").status == 200


def test_newpasswordc_continues(site):
    site.handler("WHO", say())
    site.define("NEWPASSWORDC", LOGIN_RULES)
    assert site.send(login="homer:doh:mmm").status == 200


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_new_password_by_form(site):
    seen = []
    site.handler("WHO", say())
    site.handler("ERR", lambda p: seen.extend(p("$Web_LogMsg", n) for n in range(1, 1 + p("$Web_Num_LogMsg"))))
    rules = "DISALLOW *\nALLOW * USER *\nALLOW /PW USER * NEWPASSF2 NEWPW\nON * CMD 'INCLUDE WHO'\nON LOGONERR CMD 'INCLUDE ERR'"
    site.define("", rules)
    site.send("POST", "/PW", login="homer:doh", headers=FORM, body=b"x=1")
    assert any("MSIR.0535" in line for line in seen)
    site.send("POST", "/PW", login="homer:doh", headers=FORM, body=b"newpw=a1")
    assert any("MSIR.0536" in line for line in seen)
    assert site.send("POST", "/PW", login="homer:doh", headers=FORM, body=b"newpw=a1&newpw=a1").status == 401
    assert site.send(login="homer:a1").status == 200


def test_webpublog_needs_the_userid(site):
    site.handler("P", say())
    site.define("WEBUSER GUEST WEBPUBLOG", "ALLOW *\nON * CMD 'INCLUDE P'")
    assert text(site.send()) == "GUEST\r\n"
    site.commands("JANUS DELETE WEB")
    site.define("WEBUSER NOBODY WEBPUBLOG", "ALLOW *\nON * CMD 'INCLUDE P'")
    assert site.send().status == 401


def test_weblogcookie(site):
    site.handler("P", say())
    site.define("WEBLOGCOOKIE WHO WEBUSER GUEST", "ALLOW *\nON * CMD 'INCLUDE P'")
    assert text(site.send(headers={"Cookie": "WHO=homer"})) == "HOMER\r\n"
    assert text(site.send()) == "GUEST\r\n"
    assert text(site.send(headers={"Cookie": "WHO=../etc"})) == "GUEST\r\n"
    assert text(site.send(headers={"Cookie": "WHO=HOMER; WHO=MARGE"})) == "GUEST\r\n"


# -- NEWSESCMD and held sessions ------------------------------------------------------------------------------

CERTIFICATE_RULES = "DISALLOW *\nALLOW * USER *\nALLOW /PUBLIC\nON * CMD 'INCLUDE WHO'"
NEWSES = "NEWSESOPEN FILE OTHER NEWSESCMD 'INCLUDE ENTER' PRELOGINUSER GATE "


def trusted(site, userid: str = "HOMER"):
    """Let NEWSESCMD log `userid` in, and remember what it saw."""
    seen: dict[str, object] = {}

    def code(p):
        seen["userid"] = p.thread.userid
        seen["authorization"] = p("$Web_Hdr_Parm", "authorization")
        seen["user"], seen["password"] = p("$Web_User"), p("$Web_Password")
        p.thread.globals["LEFT"] = "over"
        seen["rc"] = p("$Sir_Login", userid)

    site.handler("ENTER", code, "OTHER")
    return seen


def test_newsescmd_logs_in_before_port_and_rule_commands(site):
    seen = trusted(site)
    after = []
    site.handler(
        "WHO", lambda p: after.extend([p.thread.userid, p.thread.globals, p("$Web_Hdr_Parm", "Authorization")])
    )
    site.define(NEWSES, CERTIFICATE_RULES)
    response = site.send(login="marge:x")
    assert seen == {
        "userid": "GATE",
        "authorization": "Basic " + base64.b64encode(b"marge:x").decode(),
        "user": "MARGE",
        "password": "X",
        "rc": 0,
    }
    assert after == ["HOMER", {}, ""]
    assert (response.status, response.userid) == (200, "HOMER")
    assert site.calls == ["ENTER", "WHO"]


def test_newsescmd_does_not_run_for_public_urls(site):
    trusted(site)
    site.handler("WHO", say())
    site.define(NEWSES, CERTIFICATE_RULES)
    assert site.send(target="/PUBLIC").userid == "WEBUSER"
    assert site.calls == ["WHO"]


def test_without_login_in_newsescmd_http_authentication_follows(site):
    site.handler("ENTER", lambda p: None, "OTHER")
    site.handler("WHO", say())
    site.define(NEWSES, CERTIFICATE_RULES)
    assert site.send().status == 401
    assert site.send(login="homer:doh").userid == "HOMER"


def test_password_login_in_newsescmd(site):
    codes = []
    arguments = [("HOMER", None, "bad"), ("NOBODY",), ("HOMER", "bad"), ("homer", None, "doh")]
    site.handler("ENTER", lambda p: codes.extend(p("$Sir_Login", *one) for one in arguments), "OTHER")
    site.handler("WHO", say())
    site.define(NEWSES, CERTIFICATE_RULES)
    assert site.send().userid == "HOMER"
    assert codes == [2, 1, 2, 0]


def test_second_sir_login_cancels(site):
    site.handler("ENTER", lambda p: [p("$Sir_Login", "HOMER"), p("$Sir_Login", "MARGE")], "OTHER")
    site.handler("WHO", say())
    site.define(NEWSES, CERTIFICATE_RULES)
    assert site.send().status == 500
    assert "SOUL.2407" in site.audit
    assert "WHO" not in site.calls


def test_sir_login_and_web_password_cancel_outside_newsescmd(page):
    assert page.run(lambda p: p("$Sir_Login", "HOMER")).status == 500
    assert page.run(lambda p: p("$Web_Password")).status == 500
    assert page.audit.count("SOUL.2406") == 2


def test_userid_that_no_rule_admits_gets_unauthorized(site):
    trusted(site, "MARGE")
    site.handler("NOT", lambda p: p("$Web_Done", 403, "not for you"))
    site.define(NEWSES, "DISALLOW *\nALLOW * USER HOMER\nON * CMD 'MUMBLE x'\nON UNAUTHORIZED CMD 'INCLUDE NOT'")
    response = site.send()
    assert response.status == 403
    assert response.userid == "WEBUSER"


def test_newsescmd_that_fails_lets_nobody_in(site):
    site.handler("ENTER", fail, "OTHER")
    site.handler("WHO", say())
    site.define(NEWSES, CERTIFICATE_RULES)
    response = site.send(login="homer:doh")
    assert response.status == 500
    assert b"secret" not in response.body
    assert site.calls == ["ENTER"]


def test_newsescmd_may_answer_itself(site):
    site.handler("ENTER", lambda p: [p("$Web_On"), p.print("form"), p("$Web_Done")], "OTHER")
    site.define(NEWSES, CERTIFICATE_RULES)
    assert text(site.send()) == "form\r\n"


def session_cookie(response: HttpResponse) -> str:
    return dict(response.headers)["Set-Cookie"].partition(";")[0]


def test_session_cookie_holds_the_login(site):
    trusted(site)
    site.handler("WHO", say())
    site.define(NEWSES + "SESCOOKIE SID SESTIMEOUT 5", CERTIFICATE_RULES)
    first = site.send()
    cookie = dict(first.headers)["Set-Cookie"]
    assert cookie.startswith("SID=")
    assert "HttpOnly" in cookie
    assert "secure" not in cookie
    again = site.send(headers={"Cookie": session_cookie(first)})
    assert again.userid == "HOMER"
    assert site.calls == ["ENTER", "WHO", "WHO"]
    site.later(minutes=4)
    site.send(headers={"Cookie": session_cookie(first)})
    site.later(minutes=4)
    site.send(headers={"Cookie": session_cookie(first)})
    assert site.calls.count("ENTER") == 1
    site.later(minutes=6)
    site.send(headers={"Cookie": session_cookie(first)})
    assert site.calls.count("ENTER") == 2
    site.send(headers={"Cookie": "SID=guessed"})
    assert site.calls.count("ENTER") == 3


@pytest.mark.parametrize("end", [lambda p: p("$Web_End_Ses"), lambda p: p("$Web_Done", 401)])
def test_session_ends(site, end):
    trusted(site)
    site.handler("WHO", end)
    site.define(NEWSES + "SESCOOKIE SID", CERTIFICATE_RULES)
    first = site.send()
    cookie = next(v for k, v in first.headers if k == "Set-Cookie")
    assert cookie.startswith("SID=;")
    site.handler("WHO", say())
    first = site.send()
    site.handler("WHO", end)
    site.send(headers={"Cookie": session_cookie(first)})
    before = site.calls.count("ENTER")
    site.send(headers={"Cookie": session_cookie(first)})
    assert site.calls.count("ENTER") == before + 1


def test_ssl_session_holds_the_login(site, secure_session):
    trusted(site)
    site.handler("WHO", say())
    site.define(NEWSES + "SSLSES SESTIMEOUT 5", CERTIFICATE_RULES, ssl=True)
    peer = site.peer(protocol=32, session=secure_session)
    assert site.send(peer=peer).userid == "HOMER"
    assert site.send(peer=peer).userid == "HOMER"
    assert site.calls == ["ENTER", "WHO", "WHO"]
    other = site.peer(protocol=32, session=SslSession("other", 0.0))
    site.send(peer=other)
    assert site.calls.count("ENTER") == 2
    site.later(minutes=6)
    site.send(peer=peer)
    assert site.calls.count("ENTER") == 3


def test_session_cookie_wins_over_the_ssl_session(site, secure_session):
    site.handler("WHO", say())
    site.define("SESCOOKIE SID SSLSES", "DISALLOW *\nALLOW * USER *\nON * CMD 'INCLUDE WHO'", ssl=True)
    peer = site.peer(protocol=32, session=secure_session)
    cookie = session_cookie(site.send(peer=peer, login="homer:doh"))
    secure_session.login, secure_session.login_used = "MARGE", site.now.timestamp()
    assert site.send(peer=peer, headers={"Cookie": cookie}).userid == "HOMER"
    assert site.send(peer=peer).userid == "MARGE"


def test_end_sslses(site, secure_session):
    codes = []
    site.handler("P", lambda p: codes.append(p("$Web_End_SSLSes")))
    site.define("SSLSES", "ALLOW *\nON * CMD 'INCLUDE P'", ssl=True)
    assert site.send().close is False
    response = site.send(peer=site.peer(protocol=16, session=secure_session))
    assert codes == [1, 0]
    assert response.close
    assert secure_session.ended


# -- exception conditions -------------------------------------------------------------------------------------


def test_missing_certificate_runs_its_handler_without_allow(site, secure_session):
    site.handler("NOCERT", lambda p: [p.print(p.thread.userid, p("$Web_Cert_Levels")), p("$Web_Done", 403)])
    site.define(
        "SSLCLCERTR WEBUSER GUEST",
        "DISALLOW *\nON * CMD 'INCLUDE NEVER'\nON SSLNOCERTERR CMD 'INCLUDE NOCERT'\nTYPE SSLNOCERTERR text/plain",
        ssl=True,
    )
    response = site.send(peer=site.peer(protocol=32, certificate_missing=True, session=secure_session))
    assert (response.status, text(response)) == (403, "GUEST\r\n0\r\n")
    assert ("Content-Type", "text/plain") in response.headers


def test_missing_certificate_can_redirect(site):
    site.define("SSLCLCERTR", "REDIRECT SSLNOCERTERR /sorry\nALLOW *", ssl=True)
    response = site.send(peer=site.peer(protocol=32, certificate_missing=True))
    assert (response.status, dict(response.headers)["Location"]) == (302, "/sorry")


@pytest.mark.parametrize("option", ["", "NOMSGSEND"])
def test_cancelled_request_tells_the_browser_nothing(site, option):
    site.handler("RUN", fail)
    site.define(option, "ALLOW *\nON * CMD 'INCLUDE RUN'")
    response = site.send()
    assert response.status == 500
    assert b"secret" not in response.body
    assert b"half" not in response.body
    assert "the secret reason" in site.audit


def test_reqcancel_handler(site):
    site.handler("RUN", fail)
    site.handler("OOPS", lambda p: p.print("sorry", "secret" in p.thread.last_error))
    site.define("", "ALLOW *\nON * CMD 'INCLUDE RUN' AND 'INCLUDE NEXT'\nON REQCANCEL CMD 'INCLUDE OOPS'")
    response = site.send()
    assert (response.status, text(response)) == (200, "sorry\r\nTrue\r\n")
    assert site.calls == ["RUN", "OOPS"]


def test_handler_that_fails_gets_the_built_in_page(site):
    site.handler("RUN", fail)
    site.define("", "ALLOW *\nON * CMD 'INCLUDE RUN'\nON REQCANCEL CMD 'INCLUDE RUN'")
    response = site.send()
    assert response.status == 500
    assert b"half" not in response.body
    assert site.calls == ["RUN", "RUN"]


def test_wildcard_rule_is_no_exception_handler(site):
    site.handler("RUN", fail)
    site.define("", "ALLOW *\nON * CMD 'INCLUDE RUN'")
    site.send()
    assert site.calls == ["RUN"]


def test_nodone(site):
    site.handler("RUN", say("x"))
    site.define("NOAUTODONE", "ALLOW *\nON * CMD 'INCLUDE RUN'")
    response = site.send()
    assert response.status == 500
    assert b"No $WEB_DONE" in response.body
    site.commands("JANUS WEB WEB ON NODONE CMD 'INCLUDE SORRY'")
    site.handler("SORRY", lambda p: [p.print("sorry"), p("$Web_Done")])
    assert text(site.send()) == "sorry\r\n"


def test_notfound_and_forbidden_handlers(site):
    site.handler("H", say("handled"))
    site.define("", "DISALLOW *\nALLOW /A\nON NOTFOUND CMD 'INCLUDE H'\nON FORBIDDEN CMD 'INCLUDE H'")
    assert text(site.send(target="/A")).startswith("handled")
    assert text(site.send(target="/B")).startswith("handled")


def test_file_that_cannot_be_opened(site):
    site.handler("RUN", say("x"))
    site.define("", "ALLOW *\nON * OPEN FILE NOFILE CMD 'INCLUDE RUN'")
    assert site.send().status == 500
    assert site.calls == []
    assert "NOFILE" in site.audit


# -- output ---------------------------------------------------------------------------------------------------


def test_autoon_and_web_off(site):
    site.handler("RUN", lambda p: [p.print("a"), p("$Web_Off"), p.print("b"), p("$Web_On"), p.print("c")])
    site.define("AUDTERM", "ALLOW *\nON /ON CMD 'INCLUDE RUN'\nON /OFF NOAUTOON CMD 'INCLUDE RUN'")
    assert text(site.send(target="/ON")) == "a\r\nc\r\n"
    assert text(site.send(target="/OFF")) == "c\r\n"
    assert "RK b" in site.audit
    assert "RK c" not in site.audit


def test_noaudterm_is_the_default(page):
    page.run(lambda p: [p("$Web_Off"), p.print("unseen")])
    assert "unseen" not in page.audit


def test_nomsgsend(site):
    site.handler("RUN", lambda p: p.print("page"))
    site.define("NOMSGSEND", "ALLOW *\nON /A CMD 'MUMBLE hello' AND 'INCLUDE RUN'\nON /B MSGSEND CMD 'MUMBLE hello'")
    assert text(site.send(target="/A")) == "page\r\n"
    assert "hello" in text(site.send(target="/B"))


def test_long_lines_are_neither_wrapped_nor_cut(page):
    assert text(page.run(lambda p: p.print("x" * 100_000))) == "x" * 100_000 + "\r\n"


def test_done_then_print_loses_the_user_but_not_the_response(page):
    def code(p):
        p.print("page")
        assert p("$Web_Done") == 0
        assert p("$Web") == 1
        p.print("too late")

    response = page.run(code)
    assert (response.status, text(response)) == (200, "page\r\n")
    assert "M204.0564" in page.audit


def test_program_goes_on_after_done(page):
    after = []
    sent = []

    def code(p):
        p.print("page")
        p("$Web_Done")
        after.append(list(sent))

    page.handler("RUN", code)
    request = HttpRequest("GET", "/", "/", "", "1.1", (("Host", "h"),))
    response = page.service.handle(request, page.peer(), [], sent.append)
    assert after == [[response]]  # the response was out while the program went on


def test_web_function_after_done_loses_the_user(page):
    assert page.run(lambda p: [p("$Web_Done", 404, "gone"), p("$Web_Type", "a/b")]).status == 404
    assert "M204.0564" in page.audit


def test_page_that_is_too_large(page):
    page.service.options.page_bytes = 1_000_000

    def code(p):
        for _ in range(60):
            p.print("x" * 50_000)

    response = page.run(code)
    assert response.status == 500
    assert len(response.body) < 1000
    assert "SOUL.2403" in page.audit
    assert "1000000" in page.audit


def test_stopped_request(page):
    stop: list[str] = []

    def code(p):
        p.print("half")
        stop.append("FORCE")
        p.thread.check_stop()

    response = page.run(code, stop=stop)
    assert response.status == 503
    assert response.close
    assert b"half" not in response.body
    assert "stopped: FORCE" in page.audit


def test_stop_after_done_keeps_the_response(page):
    def code(p):
        p("$Web_Done", 201)
        raise Stopped("BUMP")

    assert page.run(code).status == 201


def test_internal_error_is_a_plain_500(page):
    def code(p):
        raise ZeroDivisionError("internals")

    response = page.run(code)
    assert response.status == 500
    assert b"internals" not in response.body
    assert "SOUL.0216" in page.audit


def test_nothing_is_left_for_the_next_request(page):
    page.run(lambda p: p.thread.globals.update(A="1"))
    left = []
    page.run(lambda p: left.append(dict(p.thread.globals)))
    assert left == [{}]


# -- what a URL may contain -----------------------------------------------------------------------------------

HOSTILE = [
    "/../../etc/passwd",
    "/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/..%5c..%5cwindows",
    "/x'%20AND%20'CALL%20EVIL",
    "/x,EVIL",
    "/%22EVIL%22",
    "/-1",
    "/0",
    "/EVIL-",
    "/x;CALL%20EVIL",
    "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/%c3%a9",
    "/??GLOBAL",
    "/%3F%3FGLOBAL",
    "/" + "A" * 4000,
    "/%20",
    "/",
]


@pytest.mark.parametrize("rule", ["INCLUDE *", "INCLUDE WEB.*", "*", "MUMBLE *", "CALL *"])
@pytest.mark.parametrize("target", HOSTILE)
def test_hostile_names_reach_no_command(site, rule, target):
    site.handler("EVIL", say("evil"))
    site.define("", f"ALLOW *\nON /* CMD '{rule}'")
    site.handlers["X"] = say("called")
    response = site.send(target=target)
    assert response.status in (200, 400, 404, 500)
    if not rule.startswith(("MUMBLE", "CALL")):
        assert site.calls == []
        assert response.status in (400, 404)
    assert "EVIL" not in site.calls
    assert b"<script" not in response.body
    assert "\n" not in "".join(value for _, value in response.headers)


@pytest.mark.parametrize("path", ["/a\nCALL EVIL", "/a\r\n", "/a\x00b", "/\x1f"])
def test_control_characters_in_a_path_are_refused(site, path):
    site.handler("EVIL", say("evil"))
    site.define("", "ALLOW *\nON /* CMD 'INCLUDE *'")
    response = site.answer(HttpRequest("GET", "/x", path, "", "1.1", (("Host", "h"),)))
    assert (response.status, response.close) == (400, True)
    assert site.calls == []


def test_name_with_blanks_from_a_url_is_one_literal_name(site):
    site.handler("MY PAGE", say("mine"))
    site.handler("MY", say("other"))
    site.define("", "ALLOW *\nON /* CMD 'INCLUDE *'")
    assert text(site.send(target="/MY%20PAGE")).startswith("mine")
    assert site.send(target="/MY%20PAGE2").status == 404
    assert site.calls == ["MY PAGE"]


def test_form_that_is_no_form_is_refused(page):
    response = page.send("POST", "/X", body=b"<xml/>")
    assert (response.status, response.close) == (400, True)


def test_rawinput_keeps_what_is_no_form(site):
    seen = []
    site.handler("RUN", lambda p: seen.append(p("$Web_Input_Content", "text")))
    site.define("RAWINPUT", "ALLOW *\nON * CMD 'INCLUDE RUN'")
    assert site.send("POST", "/X", body=b"<xml/>").status == 200
    assert seen == ["<xml/>"]
