"""Reading the rules of JANUS WEB, SRVSOCK and CLSOCK commands.

    JANUS WEB portname rule_type [method] url [parameters]

Source: m204wiki, JANUS WEB; JANUS WEB ON; JANUS WEB ALLOW; JANUS WEB exception rules; JANUS SRVSOCK; JANUS CLSOCK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from soul.janus.addresses import AddressError, Network
from soul.janus.clauses import CONTINUE_HINT, Clauses, Cursor, nearest, read_clauses, refuse
from soul.janus.groups import Groups
from soul.janus.parameters import WEB, Form, Parameter, pair, table
from soul.janus.rules import (
    DEFAULT_METHODS,
    EXCEPTION_KINDS,
    EXCEPTIONS,
    KIND_OF,
    METHOD_WORDS,
    AccessRule,
    Action,
    AddressCondition,
    DebugRule,
    Methods,
    OnRule,
    RedirectRule,
    RuleType,
    ScreenRule,
    TypeRule,
    UserCondition,
    WebRule,
)
from soul.janus.socket_rules import SocketRule
from soul.janus.wildcards import Pattern, Template
from soul.online.command import Word

_USERS = (
    Parameter("USER", Form.USER_PATTERN, excludes="user"),
    Parameter("USGROUP", Form.WORD, excludes="user"),
)
_ADDRESSES = (
    Parameter("IPADDR", Form.NETWORK, excludes="address"),
    Parameter("IPGROUP", Form.WORD, excludes="address"),
)
_ALLOW = table(
    *_USERS,
    *_ADDRESSES,
    Parameter("NEWPASSF", Form.TEXT, excludes="new password"),
    Parameter("NEWPASSF2", Form.TEXT, excludes="new password"),
)
_DISALLOW = table(*_ADDRESSES)  # m204wiki, JANUS WEB rule matching order and examples, uses IPADDR here
_DEBUG = table(*_USERS, *_ADDRESSES, *pair("PORTOPEN", WEB), *pair("PORTCMD", WEB), Parameter("PUBLIC"))
_NOTHING: Mapping[str, Parameter] = table()

ON_PARAMETERS = table(
    Parameter("CMD", Form.COMMANDS, excludes="action"),
    Parameter("SEND", Form.TEXT, excludes="action"),
    Parameter("RECV", Form.TEXT, excludes="action"),
    *pair("AUDTERM", WEB),
    *pair("AUTOON", WEB),
    *pair("AUTODONE", WEB),
    Parameter("BINARY", excludes="format"),
    Parameter("BASE64", excludes="format"),
    Parameter("TEXT", excludes="format"),
    *pair("CLOSEIMMED", WEB),
    *pair("CLOSEREAD", WEB),
    Parameter("COMPRESS", Form.NUMBER, maximum=3),
    Parameter("CR", excludes="line separator"),
    Parameter("LF", excludes="line separator"),
    Parameter("CRLF", excludes="line separator"),
    Parameter("EXPIRE", Form.TEXT),
    Parameter("FORMPOSTWAIT", Form.NUMBER, minimum=1, maximum=32767),
    Parameter("FORMREDIRWAIT", Form.NUMBER, minimum=1, maximum=32767),
    Parameter("MAXTEMP", Form.NUMBER),
    *pair("MSGSEND", WEB),
    Parameter("OPEN", Form.OPENS),
    Parameter("RAWINPUTONLY", excludes="raw input"),
    Parameter("NOTRAWINPUTONLY", excludes="raw input"),
    Parameter("SSI"),
    Parameter("WRAPJS"),
    Parameter("XTAB", Form.WORD),
)

CLSOCK_PARAMETERS = table(
    Parameter("NONE"),
    *_USERS,
    Parameter("FILE", Form.TEXT, null_allowed=True),
    Parameter("PROC", Form.TEXT, null_allowed=True),
    Parameter("SUBSYS", Form.TEXT, null_allowed=True),
    Parameter("REMOTE", Form.REMOTE),
)
SRVSOCK_PARAMETERS = table(*_USERS, *_ADDRESSES)


@dataclass(frozen=True)
class _Head:
    """What every JANUS WEB command says before the parameters of its rule type."""

    type: RuleType
    url: Pattern
    methods: Methods
    exception: str
    method_given: bool
    text: str = ""

    def wildcards_fit(self, template: Template, at: Word | None) -> Template:
        """Return `template`, or refuse it because it has more wildcards than the URL."""
        count = 0 if self.exception else self.url.wildcards
        if template.wildcards > count:
            hint = 'a double quote before a wildcard makes it literal: "*'
            raise refuse("SOUL.2033", at, hint, text=template.text, count=count)
        return template


def read_web_rule(cursor: Cursor, groups: Groups, *, exact_case: bool = False) -> WebRule:
    """Read a rule from `cursor`, which stands after the port name. Raises CommandError; nothing is changed.

    `exact_case` is True on NOUPCASE ports.
    """
    word = cursor.take("rule type")
    if word.upper not in RuleType.__members__:
        hint = nearest(word.text, RuleType.__members__)
        raise refuse("SOUL.2030", word, hint, word=word.text, subcommand="WEB")
    rule_type = RuleType(word.upper)
    cursor.subcommand = f"WEB {rule_type}"
    head = _read_head(cursor, rule_type, exact_case)
    return _READERS[rule_type](cursor, head, groups)


def _read_head(cursor: Cursor, rule_type: RuleType, exact_case: bool) -> _Head:
    """Read `[method] url`. A URL that is left out stands for `*` (our reading of documented examples)."""
    method = cursor.here
    given = method is not None and not method.quoted and set(method.upper.split("+")) <= METHOD_WORDS
    if given:
        cursor.index += 1
    methods = Methods(method.upper if given and method is not None else DEFAULT_METHODS)
    word = cursor.here
    if word is None or word.upper in _KEYWORDS[rule_type]:
        return _Head(rule_type, Pattern("*", exact_case), methods, "", given, cursor.rest)
    cursor.index += 1
    if word.upper in EXCEPTIONS:
        if KIND_OF[rule_type] not in EXCEPTION_KINDS:
            raise refuse("SOUL.2032", word, rule=rule_type, exception=word.upper)
        if given:
            raise refuse("MSIR.0489", method, subcommand=rule_type)
        return _Head(rule_type, Pattern(word.upper), methods, word.upper, False, cursor.rest)
    url = Pattern(word.text, exact_case)
    if not word.text:
        raise refuse("MSIR.0660", word, keyword="url", subcommand="WEB")
    if not word.text.startswith("/") and not url.wildcards:
        raise refuse("SOUL.2031", word, nearest(word.text, EXCEPTIONS), url=word.text)
    return _Head(rule_type, url, methods, "", given, cursor.rest)


def _users(found: Clauses, groups: Groups, *, exact_case: bool = False) -> UserCondition | None:
    """Return the condition of USER or USGROUP."""
    user, group = found.values.get("USER"), found.values.get("USGROUP")
    if isinstance(user, str):
        return UserCondition(user=Pattern(user, exact_case))
    if isinstance(group, str):
        if group not in groups.users:
            raise refuse("SOUL.2008", found.words["USGROUP"], nearest(group, groups.users), what="Group", name=group)
        return UserCondition(group=group)
    return None


def _addresses(found: Clauses, groups: Groups) -> AddressCondition | None:
    """Return the condition of IPADDR or IPGROUP."""
    network, group = found.values.get("IPADDR"), found.values.get("IPGROUP")
    if isinstance(network, Network):
        return AddressCondition(network=network)
    if isinstance(group, str):
        if group not in groups.addresses:
            hint = nearest(group, groups.addresses)
            raise refuse("SOUL.2008", found.words["IPGROUP"], hint, what="Group", name=group)
        return AddressCondition(group=group)
    return None


def _access(cursor: Cursor, head: _Head, groups: Groups) -> WebRule:
    found = read_clauses(cursor, _KEYWORDS[head.type])
    field = str(found.values.get("NEWPASSF", found.values.get("NEWPASSF2", "")))
    return AccessRule(
        head.type,
        head.url,
        head.methods,
        text=head.text,
        method_given=head.method_given,
        users=_users(found, groups, exact_case=head.url.exact_case),
        addresses=_addresses(found, groups),
        new_password=field,
        repeated="NEWPASSF2" in found.values,
    )


def _redirect(cursor: Cursor, head: _Head, _groups: Groups) -> WebRule:
    target = None
    if head.type is RuleType.REDIRECT:
        word = cursor.take("redirection URL")
        if not word.text or any(char.isspace() or not char.isprintable() for char in word.text):
            reason = "a URL without blanks"
            raise refuse("SOUL.2017", word, keyword="REDIRECT", value=word.text, reason=reason)
        target = head.wildcards_fit(Template(word.text), word)
    cursor.finish()
    return RedirectRule(
        head.type, head.url, head.methods, head.exception, head.text, method_given=head.method_given, target=target
    )


def _type(cursor: Cursor, head: _Head, _groups: Groups) -> WebRule:
    word = cursor.take("mime type")
    if not word.text or not word.text.isprintable():
        raise refuse("SOUL.2017", word, keyword="TYPE", value=word.text, reason="primary/sub")
    cursor.finish()
    return TypeRule(
        head.type,
        head.url,
        head.methods,
        head.exception,
        head.text,
        method_given=head.method_given,
        content_type=word.text,
    )


def _debug(cursor: Cursor, head: _Head, groups: Groups) -> WebRule:
    found = read_clauses(cursor, _KEYWORDS[head.type])
    _users(found, groups)
    _addresses(found, groups)
    return DebugRule(head.type, head.url, head.methods, text=head.text, method_given=head.method_given)


def _screen(cursor: Cursor, head: _Head, _groups: Groups) -> WebRule:
    if cursor.here is None:
        raise refuse("SOUL.2035", cursor.end)
    return ScreenRule(head.type, head.url, head.methods, text=head.text, method_given=head.method_given)


def _on(cursor: Cursor, head: _Head, _groups: Groups) -> WebRule:
    found = read_clauses(cursor, ON_PARAMETERS)
    action = next((action for action in Action if action in found.values), None)
    if action is None:
        raise refuse("SOUL.2034", cursor.end, CONTINUE_HINT)
    keyword = found.words[action]
    operand = found.values.pop(action)
    commands = tuple(Template(text) for text in operand) if isinstance(operand, tuple) else ()
    procedure = Template(operand) if isinstance(operand, str) else None
    for template in (*commands, *([procedure] if procedure else [])):
        head.wildcards_fit(template, keyword)
    return OnRule(
        head.type,
        head.url,
        head.methods,
        head.exception,
        head.text,
        method_given=head.method_given,
        action=action,
        commands=commands,
        procedure=procedure,
        values=found.values,
    )


_KEYWORDS: Mapping[RuleType, Mapping[str, Parameter]] = {
    RuleType.REDIRECT: _NOTHING,
    RuleType.NOREDIRECT: _NOTHING,
    RuleType.ALLOW: _ALLOW,
    RuleType.DISALLOW: _DISALLOW,
    RuleType.TYPE: _NOTHING,
    RuleType.DEBUG: _DEBUG,
    RuleType.NODEBUG: _NOTHING,
    RuleType.ON: ON_PARAMETERS,
    RuleType.SCREEN: _NOTHING,
}

_READERS: Mapping[RuleType, Callable[[Cursor, _Head, Groups], WebRule]] = {
    RuleType.REDIRECT: _redirect,
    RuleType.NOREDIRECT: _redirect,
    RuleType.ALLOW: _access,
    RuleType.DISALLOW: _access,
    RuleType.TYPE: _type,
    RuleType.DEBUG: _debug,
    RuleType.NODEBUG: _debug,
    RuleType.ON: _on,
    RuleType.SCREEN: _screen,
}


def read_socket_rule(cursor: Cursor, groups: Groups, subcommand: str) -> SocketRule:
    """Read a SRVSOCK or CLSOCK rule from `cursor`, which stands after the port name. Raises CommandError."""
    text = cursor.rest
    word = cursor.take("rule type")
    if word.upper not in {"ALLOW", "DISALLOW"}:
        raise refuse("SOUL.2030", word, "ALLOW or DISALLOW", word=word.text, subcommand=subcommand)
    allow = word.upper == "ALLOW"
    if subcommand == "SRVSOCK":
        return _srvsock(cursor, groups, allow, text)
    found = read_clauses(cursor, CLSOCK_PARAMETERS)
    if "NONE" in found.values and len(found.values) > 1:
        other = next(name for name in found.values if name != "NONE")
        raise refuse("SOUL.2019", found.words[other], keyword=other, other="NONE")
    host, port = _remote(found)
    return SocketRule(
        allow,
        text,
        users=_users(found, groups),
        file=_pattern(found, "FILE"),
        procedure=_pattern(found, "PROC"),
        subsystem=_pattern(found, "SUBSYS"),
        host=host,
        port=port,
    )


def _pattern(found: Clauses, name: str) -> Pattern | None:
    """Return the pattern of a clause; the null string matches only when there is none."""
    value = found.values.get(name)
    return Pattern(value) if isinstance(value, str) else None


def _remote(found: Clauses) -> tuple[Pattern | None, int | None]:
    """Return host pattern and port of REMOTE."""
    value = found.values.get("REMOTE")
    if not isinstance(value, tuple):
        return None, None
    host, port = value
    return Pattern(str(host)), port if isinstance(port, int) else None


def _srvsock(cursor: Cursor, groups: Groups, allow: bool, text: str) -> SocketRule:
    """Read the conditions of SRVSOCK; an address, subnet or group may stand without its keyword (our choice)."""
    bare: AddressCondition | None = None
    word = cursor.here
    if word is not None and word.upper not in SRVSOCK_PARAMETERS:
        if word.text.upper() in groups.addresses:
            bare = AddressCondition(group=word.text.upper())
        else:
            try:
                bare = AddressCondition(network=Network.parse(word.text))
            except AddressError as error:
                reason = str(error)
                raise refuse("SOUL.2017", word, keyword="Condition", value=word.text, reason=reason) from None
        cursor.index += 1
    found = read_clauses(cursor, SRVSOCK_PARAMETERS)
    addresses = _addresses(found, groups)
    if bare is not None and addresses is not None:
        name = "IPADDR" if "IPADDR" in found.values else "IPGROUP"
        raise refuse("SOUL.2019", found.words[name], keyword=name, other="an address without keyword")
    return SocketRule(allow, text, users=_users(found, groups), addresses=bare or addresses)
