"""What a URL and a form may contain: names from outside reach no command."""

from __future__ import annotations

import pytest
from handlers import say, text

from soul.janus.http.message import HttpRequest

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
