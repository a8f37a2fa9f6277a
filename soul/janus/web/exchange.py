"""One web request from the rules to the response: the steps, in the documented order.

    REDIRECT -> ALLOW and login -> TYPE -> ON -> commands -> response

Sources: m204wiki, JANUS WEB; JANUS WEB ALLOW; JANUS WEB exception rules; NEWSESCMD (JANUS DEFINE parameter);
Janus Web Server security.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from soul.janus.http.cookies import SetCookie, parse_cookies
from soul.janus.http.forms import FormError, FormField, parse_form
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page
from soul.janus.messages import JANUS_MESSAGES
from soul.janus.new_session import run_new_session
from soul.janus.rules import Access, AccessKind, AccessRule, OnMatch
from soul.janus.web.action import Action, Outcome, authenticate_header, outcome_of
from soul.janus.web.conditions import Condition
from soul.janus.web.credentials import Credentials, credentials_of
from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.page import ConnectionLost, Page
from soul.janus.web.rule_work import RuleWork
from soul.janus.web.sessions import hold_ssl_login, ssl_login
from soul.janus.web.user import RequestUser
from soul.online.messages import ONLINE_MESSAGES
from soul.online.problem import ProblemKind
from soul.online.users import UserError, Verdict, checked_userid
from soul.runtime.errors import Stopped
from soul.runtime.thread import Thread

if TYPE_CHECKING:
    from soul.janus.peer import Peer
    from soul.janus.port import Port, PortDefinition
    from soul.janus.web.service import WebService
    from soul.online.online import Online

_BODY_METHODS = ("POST", "PUT")
T = TypeVar("T")


class Exchange:
    """The life of one request. Made, asked for the `answer`, and thrown away."""

    _user: RequestUser | None = None
    _work: RuleWork
    _logged_in = False
    _in_handler = False
    _session_cookie: SetCookie | None = None
    _early: HttpResponse | None = None
    _form: tuple[FormField, ...] | None = None

    def __init__(
        self,
        service: WebService,
        request: HttpRequest,
        peer: Peer,
        stop: list[str],
        sent: Callable[[HttpResponse], None] | None,
    ) -> None:
        self.service = service
        self.rules = service.port.rules
        self.request = request
        self.peer = peer
        self._stop = stop
        self._sent = sent
        self._options = service.options

    @property
    def online(self) -> Online:
        """The Online that the port belongs to."""
        return self.service.online

    @property
    def port(self) -> Port:
        """The port that the request came to."""
        return self.service.port

    @property
    def definition(self) -> PortDefinition:
        """What JANUS DEFINE said of the port."""
        return self.service.port.definition

    def answer(self) -> HttpResponse:
        """Return the response to the request."""
        try:
            response = self._steps()
        except ConnectionLost:
            response = self._sent_or(plain_page(500))
        except Stopped as stopped:
            self.online.audit.write("ER", self._note("SOUL.2402", what=f"stopped: {stopped.reason}"), self._thread())
            response = self._sent_or(self._stopped_page())
        finally:
            user = self._user
            if user is None:
                userid = ""
            else:
                userid = user.thread.userid
                user.end(logged_in=self._logged_in)
        response.userid = userid
        return response

    # -- steps ------------------------------------------------------------------------------------------------

    def _steps(self) -> HttpResponse:
        request = self.request
        if not request.path.isprintable() and any(ord(char) < 32 or ord(char) == 127 for char in request.path):
            return _closing(plain_page(400, "The URL contains a control character."))
        if self.peer.certificate_missing:
            return self.condition(Condition.SSLNOCERTERR)
        decision = self.rules.decide(request.path, request.method)
        if decision.redirect is not None:
            return self._redirect(decision.redirect)
        on = decision.on
        if on is not None:
            self._work = work = self.service.work_of(on)
            self._options = work.options
        if request.method == "POST":
            try:
                self._form = self._parse_form()
            except FormError as error:
                self.online.audit.write("ER", self._note("SOUL.2402", what=str(error)))
                return _closing(plain_page(error.status, "The form data is invalid."))
        refused = self._admit(self.rules.verdict(decision, self.peer.address.host))
        if refused is not None:
            return refused
        if on is None:
            return self.condition(Condition.NOTFOUND)
        return self._run(on, decision.content_type or "")

    def _run(self, on: OnMatch, content_type: str) -> HttpResponse:
        """Run what the ON rule says, and answer with the page or the condition it ended in."""
        user = self._user or self._begin()
        user.page.content_type = content_type
        if user.made is None:  # nobody has logged in, nothing has been executed
            straight = self._work.straight(on, user.thread)
            if straight is not None:
                user.page.on = user.page.options.autoon
                return self._outcome(outcome_of(user.run(straight), straight.title))
        return self._outcome(Action(user.session, user.web, on).run(commands_of_port=True))

    def _outcome(self, outcome: Outcome) -> HttpResponse:
        page = (self._user or self._begin()).page
        if page.done:
            return self._early or self._response()
        if outcome is Outcome.DONE:
            return self._completed(page, 200)
        if outcome is Outcome.BAD_URL:
            return _closing(plain_page(400, "The URL contains characters that this page cannot take."))
        if outcome is Outcome.NOT_FOUND:
            return self.condition(Condition.NOTFOUND)
        if outcome is Outcome.CANCELLED:
            return self.condition(Condition.REQCANCEL)
        if outcome is Outcome.RESTARTED:
            return self._finished_plain(500)
        return self._completed(page, 500)

    def _completed(self, page: Page, status: int) -> HttpResponse:
        """Answer with the page as it is, unless the program should have said that it is done."""
        if not page.options.autodone:
            return self.condition(Condition.NODONE)
        page.finish(status)
        return self._early or self._response()

    def _redirect(self, target: str) -> HttpResponse:
        """Answer with 302; the query of the request goes along unless the target has one (our choice)."""
        if self.request.query and "?" not in target:
            target = f"{target}?{self.request.query}"
        response = plain_page(302)
        response.headers.append(("Location", target))
        return response

    def _parse_form(self) -> tuple[FormField, ...] | None:
        request = self.request
        if self._options.raw_input_only:
            return None
        content_type = request.header("Content-Type") or ""
        if not request.body and not content_type:
            return ()
        try:
            return parse_form(request.body, content_type)
        except FormError:
            if self._options.raw_input:
                return None
            raise

    # -- access and login -------------------------------------------------------------------------------------

    def _admit(self, access: Access) -> HttpResponse | None:
        """Let the request in under a userid, or return the answer that turns it away."""
        if access.kind is AccessKind.PUBLIC:
            return self._public()
        if access.kind is AccessKind.FORBIDDEN:
            return self.condition(Condition.FORBIDDEN)
        held = self._held_userid()
        if held:
            return self._admit_held(access, held)
        if self.definition.commands("NEWSESCMD"):
            answer = self._new_session(access)
            if answer is not None or self._logged_in:
                return answer
        return self._http_login(access)

    def _admit_held(self, access: Access, userid: str) -> HttpResponse | None:
        if not access.admits(userid):
            return self._public() if access.public_after else self.condition(Condition.UNAUTHORIZED)
        session = self._begin().session
        verdict = self._capture(lambda: session.login(userid, None))
        if verdict is not Verdict.GOOD:
            return self._login_failed(userid, verdict.value)
        self._logged_in = True
        return self._new_password(access.rule_for(userid), None)

    def _new_session(self, access: Access) -> HttpResponse | None:
        """Run NEWSESCMD; None means go on, logged in or not."""
        user = self._begin()
        web = user.web
        web.prelogin = True
        web.page.captured = None if self.definition.flag("LOGMSGI") else web.log_messages
        try:
            userid, problems = run_new_session(user.session, self.definition)
        finally:
            web.prelogin = False
            web.page.captured = None
            user.attach()  # the clean-up after NEWSESCMD dropped it
        if web.page.done:
            return self._early or self._response()
        web.page.flush()
        if any(problem.kind is ProblemKind.RESTARTED for problem in problems):
            return self._finished_plain(500)
        if any(problem.kind in (ProblemKind.CANCELLED, ProblemKind.COMPILE) for problem in problems):
            return self.condition(Condition.REQCANCEL)
        if not userid:
            return None
        self._hold(userid)
        self._logged_in = True
        if access.admits(userid):
            return self._new_password(access.rule_for(userid), None)
        if access.public_after:
            return self._public()
        return self.condition(Condition.UNAUTHORIZED)

    def _http_login(self, access: Access) -> HttpResponse | None:
        sent = credentials_of(self.request, self.service.upper_case)
        if sent is None:
            return self.condition(Condition.UNAUTHORIZED)
        rule = access.rule_for(sent.userid)
        if rule is None:
            return self._public() if access.public_after else self.condition(Condition.UNAUTHORIZED)
        session = self._begin().session
        verdict = self._capture(lambda: session.login(sent.userid, sent.password))
        if verdict is not Verdict.GOOD:
            return self._login_failed(sent.userid, verdict.value)
        self._logged_in = True
        self._hold(session.thread.userid)
        return self._new_password(rule, sent)

    def _new_password(self, rule: AccessRule | None, sent: Credentials | None) -> HttpResponse | None:
        """Change the password when the form (NEWPASSF) or the browser (`old:new`) brings a new one."""
        new = sent.new_password if sent is not None else ""
        userid = self._userid()
        if rule is not None and rule.new_password:
            wanted = rule.new_password.upper()
            values = [field.value for field in self._form or () if field.name.upper() == wanted and field.value]
            if not values:
                return self._logon_error("MSIR.0535")
            if rule.repeated and (len(values) < 2 or values[0] != values[1]):
                return self._logon_error("MSIR.0536")
            new = values[0].upper() if self.service.upper_case else values[0]
        if not new:
            return None
        try:
            self.online.users.change_password(userid, new)
        except UserError as error:
            return self._login_failed(userid, str(error))
        self.online.audit.write("AD", f"Password of {userid} changed", self._thread())
        if self.rules.handles(Condition.NEWPASSWORD.name):
            return self.condition(Condition.NEWPASSWORD)
        return None if self.definition.flag("NEWPASSWORDC") else self.condition(Condition.NEWPASSWORD)

    def _logon_error(self, number: str) -> HttpResponse:
        thread = self._begin().thread
        self._capture(lambda: thread.message(JANUS_MESSAGES[number]))
        if not self.definition.flag("LOGMSGI"):
            self._begin().web.log_messages.append(f"{number}: {JANUS_MESSAGES[number].text}")
        return self.condition(Condition.LOGONERR)

    def _login_failed(self, userid: str, reason: str) -> HttpResponse:
        """Journal a failed login and run LOGONERR. The browser is not told the reason."""
        thread = self._begin().thread
        self.online.audit.write(
            "ER",
            "SOUL.2404: "
            + WEB_MESSAGES["SOUL.2404"].text.format(
                port=self.port.name, address=self.peer.address.host, userid=userid, reason=reason
            ),
            thread,
        )
        self._capture(lambda: thread.message(ONLINE_MESSAGES["M204.0349"]))
        return self.condition(Condition.LOGONERR)

    def _public(self) -> HttpResponse | None:
        """Run as the public userid: WEBUSER, or the one in the WEBLOGCOOKIE cookie."""
        userid, cookie = self.service.web_user, self.service.log_cookie
        if cookie:
            named = self._cookie(cookie)
            if not named and not self._in_handler and self.rules.handles(Condition.NOLOGCOOKIE.name):
                return self.condition(Condition.NOLOGCOOKIE)
            userid = _valid_userid(named.upper() if self.service.upper_case else named) or userid
        user = self._user
        if user is None:
            user = self._begin()
        elif user.made is not None and (self._logged_in or user.made.logged_in):
            user.clean_up()
        self._logged_in = False
        if self.service.logs_public:
            session = user.session
            verdict = self._capture(lambda: session.login(userid, None))
            if verdict is Verdict.GOOD:
                self._logged_in = True
                return None
            if not self._in_handler:
                return self._login_failed(userid, verdict.value)
        user.become(userid)
        return None

    def _held_userid(self) -> str:
        """Return who is logged in through SESCOOKIE or, second, SSLSES; '' for a new session."""
        now = self._now()
        if self.service.session_cookie:
            userid = self.service.sessions.userid(self._cookie(self.service.session_cookie), now)
            if userid:
                return userid
        if self.definition.flag("SSLSES"):
            return ssl_login(self.peer.session, self.service.session_seconds, now)
        return ""

    def _hold(self, userid: str) -> None:
        """Keep a successful login for the requests that follow."""
        now = self._now()
        if self.service.session_cookie:
            identifier = self.service.sessions.begin(userid, now)
            self._session_cookie = SetCookie(
                self.service.session_cookie, identifier, path="/", secure=self.peer.secure, http_only=True
            )
        elif self.definition.flag("SSLSES") and self.peer.session is not None:
            hold_ssl_login(self.peer.session, userid, now)

    def _end_session(self) -> None:
        """End the held login: $Web_End_Ses, or a response of 401."""
        if self.service.session_cookie:
            self.service.sessions.end(self._cookie(self.service.session_cookie))
            if self._session_cookie is not None:
                self.service.sessions.end(self._session_cookie.value)
            self._session_cookie = SetCookie(
                self.service.session_cookie,
                "",
                "Thu, 01 Jan 1970 00:00:00 GMT",
                "/",
                secure=self.peer.secure,
                http_only=True,
            )
        if self.peer.session is not None:
            self.peer.session.login = ""

    # -- conditions -------------------------------------------------------------------------------------------

    def condition(self, condition: Condition) -> HttpResponse:
        """Answer with the port's rule for an exception condition, else with the built-in page.

        A condition within a handler gets the built-in page: there is no second handler (our choice).
        """
        fallback = condition.value
        name = condition.name
        if self._in_handler or not self.rules.handles(name):
            if condition is Condition.NOLOGCOOKIE:
                return plain_page(404)
            return self._finished_plain(fallback.status, fallback.text)
        self._in_handler = True
        target = self.rules.exception_redirect(name)
        if target is not None:
            response = plain_page(302)
            response.headers.append(("Location", target))
            return self._with_cookie(response)
        match = self.rules.exception(name)
        assert match is not None  # `handles` said so
        self._options = self.service.work_of(match).options
        keeps_user = condition in (Condition.REQCANCEL, Condition.NODONE, Condition.NEWPASSWORD)
        if not keeps_user or self._user is None:
            self._public()
        user = self._begin()
        page = user.page
        page.options = self._options
        page.reset()
        page.content_type = self.rules.exception_type(name) or ""
        outcome = Action(user.session, user.web, match).run(commands_of_port=False)
        if outcome in (Outcome.DONE, Outcome.REFUSED) or page.done:
            return self._outcome(outcome)
        return self._finished_plain(fallback.status, fallback.text)

    def _finished_plain(self, status: int, text: str = "") -> HttpResponse:
        """Answer with a built-in page."""
        response = plain_page(status, text)
        if status == 401:
            self._end_session()
            response.headers.append(("WWW-Authenticate", authenticate_header(self.definition)))
        return self._with_cookie(response)

    def _sent_or(self, other: HttpResponse) -> HttpResponse:
        """Return the response when its page was done before the program was stopped, else `other`."""
        if self._early is not None:
            return self._early
        return self._response() if self._user is not None and self._user.page.done else other

    def _stopped_page(self) -> HttpResponse:
        return _closing(plain_page(503, "The page was stopped before it was complete."))

    # -- the thread and its page ------------------------------------------------------------------------------

    def _begin(self) -> RequestUser:
        """Return the user of the request, who begins under PRELOGINUSER."""
        user = self._user
        if user is None:
            service = self.service
            user = self._user = RequestUser(
                service.online,
                service.port,
                service.prelogin_user,
                self.request,
                self.peer,
                self._options,
                self._stop,
                form=self._form,
                raw_body=self._raw_body() if self.request.method in _BODY_METHODS else bool(self.request.body),
                finished=self._page_finished,
                end_session=self._end_session,
            )
        return user

    def _thread(self) -> Thread | None:
        return None if self._user is None else self._user.thread

    def _userid(self) -> str:
        return "" if self._user is None else self._user.thread.userid

    def _raw_body(self) -> bool:
        """Say whether $Web_Input_Content gives the body of a POST or PUT: no form, RAWINPUT or RAWINPUTONLY."""
        options = self._options
        return self.request.method == "PUT" or options.raw_input or options.raw_input_only or self._form is None

    def _page_finished(self) -> None:
        """The page is done: it is sent now, the program may go on."""
        if self._sent is not None:
            self._early = early = self._response()
            early.userid = self._userid()
            self._sent(early)

    def _response(self) -> HttpResponse:
        """Return the finished page as a response."""
        user = self._user or self._begin()
        response = user.page.response(self.request)
        if response.status == 401 and "www-authenticate" not in user.page.headers:
            response.headers.append(("WWW-Authenticate", authenticate_header(self.definition)))
        if user.web.close_connection:
            response.close = True
        return response if self._session_cookie is None else self._with_cookie(response)

    def _with_cookie(self, response: HttpResponse) -> HttpResponse:
        if self._session_cookie is not None:
            response.headers.append(("Set-Cookie", self._session_cookie.header()))
        return response

    def _capture(self, action: Callable[[], T]) -> T:
        """Run a step of the login and keep its messages for $Web_LogMsg, unless the port has LOGMSGI."""
        web = self._begin().web
        web.page.captured = None if self.definition.flag("LOGMSGI") else web.log_messages
        try:
            return action()
        finally:
            web.page.captured = None

    def _cookie(self, name: str) -> str:
        pairs = parse_cookies(self.request.header_all("Cookie"))
        values = [value for key, value in pairs if key == name]
        return values[0] if len(values) == 1 else ""  # two of one name: neither is believed

    def _now(self) -> float:
        return self.online.clock().timestamp()

    def _note(self, number: str, **fields: object) -> str:
        text = WEB_MESSAGES[number].text.format(
            port=self.port.name,
            address=self.peer.address.host,
            method=self.request.method,
            url=self.request.raw_path,
            **fields,
        )
        return f"{number}: {text}"


def _closing(response: HttpResponse) -> HttpResponse:
    response.close = True
    return response


def _valid_userid(userid: str) -> str:
    """Return a userid from a cookie, '' when it cannot be one."""
    try:
        checked_userid(userid)
    except UserError:
        return ""
    return userid
