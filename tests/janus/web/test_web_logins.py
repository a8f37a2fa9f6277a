"""Who a web request runs as: HTTP logins, NEWSESCMD and held sessions."""

from __future__ import annotations

import base64

import pytest
from handlers import fail, say, text

from soul.janus.http.message import HttpResponse
from soul.janus.peer import SslSession

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
