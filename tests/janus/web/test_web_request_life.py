"""The life of a web request: rules, commands, exception handlers, output."""

from __future__ import annotations

import pytest
from handlers import fail, say, text

from soul.janus.http.message import HttpRequest
from soul.runtime.errors import Stopped

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
