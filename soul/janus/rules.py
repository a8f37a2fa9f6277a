"""The rules of a WEBSERV port as values: REDIRECT, ALLOW, TYPE, DEBUG, ON and SCREEN, and who decides what.

A rule set answers questions about one request: where it is redirected, who may see it, what its content type is,
what runs. Within one kind the newest rule that matches URL and method decides. Nothing here does I/O, and a question
never changes the set: rules are kept in tuples that are replaced as a whole, so no lock is needed to ask.

What a URL's wildcards matched is kept apart from the text of an action (`RuleCommand`), so that nothing a client sends
can become a further word, a quote or a line of a command.

Source: m204wiki, JANUS WEB; JANUS WEB ON; JANUS WEB ALLOW; JANUS WEB exception rules; Defining Web rules.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote

from soul.janus.addresses import Network
from soul.janus.groups import Groups
from soul.janus.port import OpenClause, PortDefinition
from soul.janus.socket_rules import SocketRules
from soul.janus.wildcards import Pattern, Template, Wild

LONGEST_METHOD = 16  # OTHER and ANY take no longer method names
DEFAULT_METHODS = "GET+POST"
METHOD_WORDS = frozenset(
    {"GET", "POST", "HEAD", "PUT", "CONNECT", "COPY", "DELETE", "LOCK", "MKCOL", "MOVE", "OPTIONS"}
    | {"PATCH", "PROPFIND", "PROPPATCH", "TRACE", "UNLOCK", "OTHER", "ANY"}  # the first five are our choice
)
EXCEPTIONS = frozenset(
    {"EOD", "FORBIDDEN", "LOGONERR", "NEWPASSWORD", "NODONE", "NOLOGCOOKIE", "NOTFOUND", "REQCANCEL", "SSLNOCERTERR"}
    | {"SSLPROTOCOLERR", "UNAUTHORIZED"}
)
SSL_NO_CERTIFICATE = "SSLNOCERTERR"
_URL_SAFE = "/:@!$&'()*+,;=-._~"


R = TypeVar("R", bound="WebRule")


class RuleType(StrEnum):
    """The rule types of JANUS WEB."""

    NOREDIRECT = "NOREDIRECT"
    REDIRECT = "REDIRECT"
    DISALLOW = "DISALLOW"
    ALLOW = "ALLOW"
    TYPE = "TYPE"
    NODEBUG = "NODEBUG"
    DEBUG = "DEBUG"
    ON = "ON"
    SCREEN = "SCREEN"


class Kind(Enum):
    """Rule types that are searched together, in the order in which a request meets them."""

    REDIRECT = (RuleType.REDIRECT, RuleType.NOREDIRECT)
    ACCESS = (RuleType.ALLOW, RuleType.DISALLOW)
    TYPE = (RuleType.TYPE,)
    DEBUG = (RuleType.DEBUG, RuleType.NODEBUG)
    ON = (RuleType.ON,)
    SCREEN = (RuleType.SCREEN,)


KIND_OF: Mapping[RuleType, Kind] = {rule_type: kind for kind in Kind for rule_type in kind.value}
EXCEPTION_KINDS = frozenset({Kind.REDIRECT, Kind.TYPE, Kind.ON})


@dataclass(frozen=True)
class Methods:
    """The HTTP methods of a rule, as written: words joined by `+`."""

    text: str = DEFAULT_METHODS

    @cached_property
    def words(self) -> frozenset[str]:
        """The method words; GET stands for HEAD too."""
        return frozenset(self.text.upper().split("+"))

    def match(self, method: str) -> bool:
        """Say whether the rule applies to a request with this method (upper case, as sent)."""
        # HEAD requests are decided by the GET rules, and a HEAD rule is for HEAD alone.
        if method in self.words or (method == "HEAD" and "GET" in self.words):
            return True
        if len(method) > LONGEST_METHOD:
            return False
        return "ANY" in self.words or ("OTHER" in self.words and method not in {"PUT", "GET", "POST", "HEAD"})

    def covers(self, other: Methods) -> bool:
        """Say whether every method of `other` is one of these."""
        if "ANY" in self.words or self.words >= other.words:
            return True
        if ("OTHER" in other.words and "OTHER" not in self.words) or "ANY" in other.words:
            return False
        return all(self.match(word) or word in self.words for word in other.words)


@dataclass(frozen=True)
class UserCondition:
    """USER pattern or USGROUP group; exactly one of both is given."""

    user: Pattern | None = None
    group: str = ""

    def match(self, userid: str, groups: Groups) -> bool:
        """Say whether `userid` is meant."""
        return self.user.match(userid) is not None if self.user is not None else groups.has_user(self.group, userid)


@dataclass(frozen=True)
class AddressCondition:
    """IPADDR address or subnet, or IPGROUP group; exactly one of both is given."""

    network: Network | None = None
    group: str = ""

    def match(self, address: str, groups: Groups) -> bool:
        """Say whether the client's `address` is meant."""
        return self.network.holds(address) if self.network is not None else groups.has_address(self.group, address)

    def covers(self, other: AddressCondition | None) -> bool:
        """Say whether this condition holds whenever `other` does."""
        if other is None or other == self:
            return other is not None
        return self.network is not None and other.network is not None and self.network.covers(other.network)


@dataclass(frozen=True)
class WebRule:
    """One JANUS WEB command: what every rule type has.

    `exception` is the name of the condition for exception rules ('' for URL rules, whose `url` then counts). `text`
    is the rest of the command after the URL, as entered; `automatic` marks the rules of a fresh port.
    """

    type: RuleType
    url: Pattern
    methods: Methods = field(default_factory=Methods)
    exception: str = ""
    text: str = ""
    automatic: bool = False
    method_given: bool = False

    @property
    def kind(self) -> Kind:
        """The kind whose rules are searched together with this one."""
        return KIND_OF[self.type]

    def command(self, port: str) -> str:
        """Return the JANUS WEB command that makes this rule."""
        url = self.exception or self.url.text
        method = self.methods.text if self.method_given else ""
        return " ".join(part for part in (f"JANUS WEB {port} {self.type}", method, quoted(url), self.text) if part)

    def _covers_condition(self, older: WebRule) -> bool:
        """Say whether the further conditions of this rule hold whenever those of `older` do."""
        return True

    def preempts(self, older: WebRule) -> bool:
        """Say whether this newer rule makes `older` unreachable (m204wiki, MSIR.0293)."""
        if self.kind is not older.kind or self.exception != older.exception:
            return False
        if not self.exception and not (self.methods.covers(older.methods) and self.url.covers(older.url)):
            return False
        return self._covers_condition(older)


@dataclass(frozen=True)
class RedirectRule(WebRule):
    """REDIRECT (with a target) or NOREDIRECT (without)."""

    target: Template | None = None


@dataclass(frozen=True)
class AccessRule(WebRule):
    """ALLOW or DISALLOW. `new_password` is the form field of NEWPASSF or NEWPASSF2, `repeated` says which."""

    users: UserCondition | None = None
    addresses: AddressCondition | None = None
    new_password: str = ""
    repeated: bool = False

    def _covers_condition(self, older: WebRule) -> bool:
        if not isinstance(older, AccessRule):
            return False
        users = self.users is None or self.users == older.users
        return users and (self.addresses is None or self.addresses.covers(older.addresses))


@dataclass(frozen=True)
class TypeRule(WebRule):
    """TYPE: the content type, verbatim."""

    content_type: str = ""


@dataclass(frozen=True)
class DebugRule(WebRule):
    """DEBUG and NODEBUG: recorded and shown; no request waits for a debugging user here (our choice)."""


@dataclass(frozen=True)
class ScreenRule(WebRule):
    """SCREEN: recorded and shown; there are no 3270 pages here (our choice)."""


class Action(StrEnum):
    """What an ON rule does."""

    CMD = "CMD"
    SEND = "SEND"
    RECV = "RECV"


@dataclass(frozen=True)
class OnRule(WebRule):
    """ON. `commands` are those of CMD; `procedure` is the name of SEND or RECV.

    `values` holds the other parameters that were given, by name (see `soul.janus.web_rules.ON_PARAMETERS`).
    """

    action: Action = Action.CMD
    commands: tuple[Template, ...] = ()
    procedure: Template | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def opens(self) -> tuple[OpenClause, ...]:
        """The members of OPEN."""
        value = self.values.get("OPEN", ())
        return tuple(v for v in value if isinstance(v, OpenClause)) if isinstance(value, tuple) else ()

    def choice(self, yes: str, default: bool) -> bool:
        """Return what the pair `yes` / NO`yes` says for this rule, `default` (the port's setting) when it is silent."""
        if yes in self.values:
            return True
        return False if "NO" + yes in self.values else default

    def flag(self, name: str) -> bool:
        """Say whether the parameter `name` was given."""
        return name in self.values

    def integer(self, name: str, default: int) -> int:
        """Return a numeric parameter, `default` when it was not given."""
        value = self.values.get(name, default)
        return value if isinstance(value, int) else default

    def string(self, name: str, default: str = "") -> str:
        """Return a text parameter, `default` when it was not given."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else default


@dataclass(frozen=True)
class RuleCommand:
    """One command of an ON rule for one request: the rule's own text, and apart from it what the URL contributed."""

    template: Template
    captures: tuple[str, ...] = ()

    @cached_property
    def _split(self) -> tuple[Template, Template]:
        """The first word and the rest, split in the rule's text, never in what was substituted."""
        word, _, rest = self.template.text.strip().partition(" ")
        return Template(word), Template(rest.strip())

    @property
    def verb(self) -> str:
        """The command's first word."""
        return self._split[0].fill(self.captures)

    @property
    def verb_from_url(self) -> bool:
        """Say whether the client chose (part of) the first word: such a command may only name a subsystem."""
        return self._split[0].wildcards > 0

    @property
    def operand(self) -> str:
        """Everything after the first word."""
        return self._split[1].fill(self.captures[self._split[0].wildcards :])

    @property
    def include(self) -> str | None:
        """The literal name of the procedure to include, None for other commands and when nothing comes from the URL.

        It is one name whatever characters it holds: it must be looked up as it is and never be scanned again.
        Commands to which the URL contributes nothing are executed like any other, from `text`.
        """
        if not self.substituted or self.verb_from_url or self.verb.upper() not in {"I", "INCLUDE"}:
            return None
        return self.operand

    @cached_property
    def substituted(self) -> bool:
        """Say whether anything in the command comes from the URL."""
        return self.template.wildcards > 0

    @cached_property
    def literal(self) -> str:
        """The command as the rule has it, for commands to which the URL contributes nothing."""
        return self.template.fill(())

    @property
    def hazard(self) -> str:
        """Say why what was substituted must not reach the command level, '' when it may.

        Control characters are never let in. In commands other than INCLUDE, which takes its name literally, a
        substituted part must be a single word without blanks, quotes, commas or other characters with a meaning.
        """
        used = "".join(self.captures[: self.template.wildcards])
        if any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u2028\u2029" for char in used):
            return "a control character"
        if self.include is None and not all(char.isalnum() or char in "._-/@#$" for char in used):
            return "a character that is not part of a word"
        return ""

    @property
    def text(self) -> str:
        """The whole command, for the audit trail and for commands without hazard."""
        return f"{self.verb} {self.operand}".rstrip()


@dataclass(frozen=True)
class OnMatch:
    """The ON rule for one request and what the URL's wildcards matched."""

    rule: OnRule
    captures: tuple[str, ...] = ()

    @cached_property
    def commands(self) -> tuple[RuleCommand, ...]:
        """The commands of CMD, in order."""
        return tuple(RuleCommand(template, self.captures) for template in self.rule.commands)

    @cached_property
    def named(self) -> str | None:
        """The literal name that the first command includes when the URL has a part in it: `RuleCommand.include`."""
        return self.commands[0].include if self.commands else None

    @property
    def procedure(self) -> str:
        """The literal procedure name of SEND or RECV, '' for CMD."""
        return "" if self.rule.procedure is None else self.rule.procedure.fill(self.captures)


class AccessKind(Enum):
    """What the ALLOW and DISALLOW rules say about a request."""

    PUBLIC = "public"  # runs as WEBUSER
    LOGIN = "login"  # some userids may see it: challenge those who send none
    FORBIDDEN = "forbidden"  # no userid may see it from this address


@dataclass(frozen=True)
class Access:
    """The verdict on one request before a login.

    `logins` are the ALLOW rules with a user condition that come into question, newest first. `public_after` is True
    when a userid that none of them admits still gets the page, as a public one, from an older rule. `rule` is the
    ALLOW rule without user condition that makes the URL public.
    """

    kind: AccessKind
    groups: Groups = field(default_factory=Groups, repr=False)
    logins: tuple[AccessRule, ...] = ()
    rule: AccessRule | None = None

    @property
    def public_after(self) -> bool:
        """Say whether a userid without a rule of its own falls through to a public rule."""
        return self.kind is AccessKind.LOGIN and self.rule is not None

    def rule_for(self, userid: str) -> AccessRule | None:
        """Return the rule that lets `userid` in after a valid login, None when no rule does."""
        for rule in self.logins:
            if rule.users is not None and rule.users.match(userid, self.groups):
                return rule
        return None

    def admits(self, userid: str) -> bool:
        """Say whether a valid login of `userid` may see the URL."""
        return self.rule_for(userid) is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say about one URL and method, whoever asks.

    `redirect` is where the request is redirected (None: it is not), `on` what runs, `access` the ALLOW and DISALLOW
    rules that match, newest first, and `verdict` what they say when the client's address does not matter.
    """

    redirect: str | None
    on: OnMatch | None
    content_type: str | None
    access: tuple[AccessRule, ...]
    verdict: Access | None


KNOWN_DECISIONS = 1000  # URLs of one port whose decisions are remembered
KNOWN_LENGTH = 200  # ... up to this length


class RuleSet:
    """All rules of one port. Adding replaces a tuple; questions read it once."""

    def __init__(self, groups: Groups | None = None, *, exact_case: bool = False) -> None:
        """Make an empty set; `exact_case` is True on NOUPCASE ports. See `fresh_rules` for the automatic rules."""
        self.groups = groups if groups is not None else Groups()
        self.exact_case = exact_case
        self.socket_rules = SocketRules(self.groups)
        self._rules: dict[Kind, tuple[WebRule, ...]] = dict.fromkeys(Kind, ())  # newest first
        self._exceptions: dict[tuple[Kind, str], WebRule] = {}
        self._decisions: dict[tuple[str, str], Decision] = {}
        self._lock = threading.Lock()

    def add(self, rule: WebRule) -> tuple[WebRule, ...]:
        """Add the newest rule; return the older ones that it pre-empts (automatic rules are not counted)."""
        with self._lock:
            older = self._rules[rule.kind]
            preempted = tuple(other for other in older if rule.preempts(other))
            gone = set(map(id, preempted))
            self._rules[rule.kind] = (rule, *(other for other in older if id(other) not in gone))
            if rule.exception:
                self._exceptions = {**self._exceptions, (rule.kind, rule.exception): rule}
            self._decisions = {}  # last: whoever still decides by the old rules remembers it in the old dictionary
        return tuple(other for other in preempted if not other.automatic)

    def rules(self, kind: Kind | None = None) -> tuple[WebRule, ...]:
        """Return the reachable rules of one kind or all, newest first within each kind."""
        kinds = tuple(Kind) if kind is None else (kind,)
        return tuple(rule for one in kinds for rule in self._rules[one])

    def _matches(
        self, kind: Kind, path: str, method: str, wanted: type[R], *, keep_case: bool = False
    ) -> Iterator[tuple[R, tuple[str, ...]]]:
        """Yield the URL rules that match, newest first, with what their wildcards matched."""
        for rule in self._rules[kind]:
            if rule.exception or not isinstance(rule, wanted) or not rule.methods.match(method):
                continue
            captures = rule.url.match(path, keep_case=keep_case)
            if captures is not None:
                yield rule, captures

    def decide(self, path: str, method: str) -> Decision:
        """Return what the rules say about a URL and method; the latest URLs are remembered until a rule is added."""
        known, key = self._decisions, (path, method)
        decision = known.get(key)
        if decision is None:
            access = tuple(rule for rule, _ in self._matches(Kind.ACCESS, path, method, AccessRule))
            decision = Decision(
                self._redirect(path, method),
                next((OnMatch(rule, found) for rule, found in self._matches(Kind.ON, path, method, OnRule)), None),
                next((rule.content_type for rule, _ in self._matches(Kind.TYPE, path, method, TypeRule)), None),
                access,
                self._verdict(access, "") if all(rule.addresses is None for rule in access) else None,
            )
            if len(path) <= KNOWN_LENGTH:
                if len(known) >= KNOWN_DECISIONS:
                    known.clear()
                known[key] = decision
        return decision

    def redirect(self, path: str, method: str) -> str | None:
        """Return where the request is redirected (an absolute URL or a path), None when it is not."""
        return self.decide(path, method).redirect

    def _redirect(self, path: str, method: str) -> str | None:
        # What the wildcards matched is put in as the client spelled it (the target may be another server), and
        # percent-encoded again, so that it fits a header line.
        for rule, captures in self._matches(Kind.REDIRECT, path, method, RedirectRule, keep_case=True):
            return _redirect_target(rule, captures)
        return None

    def access(self, path: str, method: str, address: str) -> Access:
        """Say who may see the URL with this method from the client's `address`.

        The walk follows m204wiki, JANUS WEB ALLOW, as far as that page goes; where it is open, our reading: an ALLOW
        with a user condition is passed over and remembered, the first rule without one decides.
        """
        return self.verdict(self.decide(path, method), address)

    def verdict(self, decision: Decision, address: str) -> Access:
        """Say who may see a URL that has been decided about; see `access`."""
        return decision.verdict or self._verdict(decision.access, address)

    def _verdict(self, rules: tuple[AccessRule, ...], address: str) -> Access:
        logins: list[AccessRule] = []
        for rule in rules:
            if rule.addresses is not None and not rule.addresses.match(address, self.groups):
                continue
            if rule.type is RuleType.DISALLOW:
                break
            if rule.users is None:
                kind = AccessKind.LOGIN if logins else AccessKind.PUBLIC
                return Access(kind, self.groups, tuple(logins), rule)
            logins.append(rule)
        return Access(AccessKind.LOGIN if logins else AccessKind.FORBIDDEN, self.groups, tuple(logins))

    def content_type(self, path: str, method: str) -> str | None:
        """Return the content type of the newest TYPE rule that matches, None when none does."""
        return self.decide(path, method).content_type

    def on(self, path: str, method: str) -> OnMatch | None:
        """Return the newest ON rule that matches, None when none does (Not Found)."""
        return self.decide(path, method).on

    def exception(self, name: str) -> OnMatch | None:
        """Return the ON rule for an exception condition, None when there is none."""
        rule = self._exceptions.get((Kind.ON, name.upper()))
        return OnMatch(rule) if isinstance(rule, OnRule) else None

    def exception_redirect(self, name: str) -> str | None:
        """Return where an exception condition is redirected, None when it is not."""
        rule = self._exceptions.get((Kind.REDIRECT, name.upper()))
        return None if rule is None else _redirect_target(rule, ())

    def exception_type(self, name: str) -> str | None:
        """Return the content type for an exception condition, None when there is no TYPE rule for it."""
        rule = self._exceptions.get((Kind.TYPE, name.upper()))
        return rule.content_type if isinstance(rule, TypeRule) else None

    def handles(self, name: str) -> bool:
        """Say whether the exception condition has an ON or REDIRECT rule: something answers when it arises."""
        return self.exception(name) is not None or self.exception_redirect(name) is not None

    def display(self, kind: Kind | None = None, url: Pattern | None = None) -> Iterable[WebRule]:
        """Return the rules as JANUS DISPLAYWEB lists them: oldest first, so that the last one shown applies.

        With `url` only the rules that could apply to it (to some URL that matches it, if it has wildcards).
        """
        for one in Kind if kind is None else (kind,):
            for rule in reversed(self._rules[one]):
                if url is None or (not rule.exception and rule.url.meets(url)):
                    yield rule


def _redirect_target(rule: WebRule, captures: tuple[str, ...]) -> str | None:
    """Return where a REDIRECT rule leads, None for NOREDIRECT."""
    if not isinstance(rule, RedirectRule) or rule.target is None:
        return None
    return rule.target.fill(tuple(quote(capture, safe=_URL_SAFE) for capture in captures))


def quoted(text: str) -> str:
    """Return `text` as one operand, in quotes where it needs them."""
    if text and not any(char.isspace() for char in text) and not text.startswith("'"):
        return text
    return "'" + text.replace("'", "''") + "'"


def fresh_rules(definition: PortDefinition, groups: Groups, *, web_default: int = 0) -> RuleSet:
    """Return the rules of a port that has just been defined.

    SSL ports: `DISALLOW *` and `ALLOW * USER definer`. Others: `DISALLOW *`, or `ALLOW *` when bit X'01' of
    `web_default` (the WEBDFLT parameter) is on. m204wiki, WEBDFLT parameter; JANUS WEB ALLOW.
    """
    rules = RuleSet(groups, exact_case=definition.flag("NOUPCASE"))
    if definition.type != "WEBSERV":
        return rules
    everything = Pattern(Wild.ANY.value, rules.exact_case)
    if not definition.ssl and web_default & 1:
        rules.add(AccessRule(RuleType.ALLOW, everything, automatic=True))
        return rules
    rules.add(AccessRule(RuleType.DISALLOW, everything, automatic=True))
    if definition.ssl and definition.definer:
        # A userid is no pattern: characters with a meaning in patterns are made literal.
        literal = "".join('"' + char if char in '*?"' else char for char in definition.definer)
        users = UserCondition(Pattern(literal))
        rules.add(AccessRule(RuleType.ALLOW, everything, text=f"USER {literal}", automatic=True, users=users))
    return rules
