"""JANUS WEB, SRVSOCK and CLSOCK, which add a rule, and DISPLAYWEB and DISPLAYSOCK, which show the rules.

Source: m204wiki, JANUS WEB; JANUS DISPLAYWEB; JANUS SRVSOCK; JANUS CLSOCK; MSIR.0293.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from soul.janus.clauses import nearest, refuse
from soul.janus.commands.invocation import Invocation
from soul.janus.port import Port, PortType
from soul.janus.rules import KIND_OF, SSL_NO_CERTIFICATE, Kind, RuleType, WebRule
from soul.janus.web_rules import read_socket_rule, read_web_rule
from soul.janus.wildcards import Pattern
from soul.online.command import Word

_WEB = frozenset({PortType.WEBSERV})
_CLIENT = frozenset({PortType.CLSOCK, PortType.CLSOCKU, PortType.DEBUGGERCLIENT})
_SERVER = frozenset({PortType.SRVSOCK, PortType.SRVSOCKU})
_SHOWN: dict[str, tuple[Kind, ...]] = {
    **{rule_type: (kind,) for rule_type, kind in KIND_OF.items()},
    "NOREDIRECT": (Kind.REDIRECT,),
}


def _ports_of(command: Invocation, types: frozenset[PortType]) -> list[Port]:
    """Take a port name or pattern and return the ports of the right types; refuse when there is none."""
    word, text = command.pattern()
    assert word is not None
    matching = command.state.matching(text)
    if not matching:
        raise command.no_port(word)
    ports = [port for port in matching if port.definition.type in types]
    if not ports:
        raise _wrong_type(command, word, matching[0], types)
    return ports


def _wrong_type(command: Invocation, word: Word, port: Port, types: frozenset[PortType]) -> Exception:
    fields = {"subcommand": command.cursor.subcommand, "types": " and ".join(sorted(types))}
    return refuse("SOUL.2036", word, port=port.name, type=port.definition.type, **fields)


def web(command: Invocation) -> None:
    """JANUS WEB portname rule_type [method] url [parameters]: the rule is read for every port before any gets it."""
    ports = _ports_of(command, _WEB)
    read: list[tuple[Port, WebRule]] = []
    for port in ports:
        cursor = replace(command.cursor)
        read.append((port, read_web_rule(cursor, command.state.groups, exact_case=port.rules.exact_case)))
    for port, rule in read:
        _add(command, port, rule)


def _add(command: Invocation, port: Port, rule: WebRule) -> None:
    handled = port.rules.handles(SSL_NO_CERTIFICATE)
    preempted = port.rules.add(rule)
    if not handled and port.rules.handles(SSL_NO_CERTIFICATE):
        port.changed()  # handshakes must from now on let a client without certificate in
    for rule_type, count in Counter(old.type for old in preempted).items():
        command.say("MSIR.0293", count=count, subcommand="WEB", rule=rule_type, port=port.name)


def server_socket(command: Invocation) -> None:
    """JANUS SRVSOCK portname ALLOW | DISALLOW [conditions]."""
    _socket_rule(command, "SRVSOCK", _SERVER)


def client_socket(command: Invocation) -> None:
    """JANUS CLSOCK portname ALLOW | DISALLOW [conditions]."""
    _socket_rule(command, "CLSOCK", _CLIENT)


def _socket_rule(command: Invocation, subcommand: str, types: frozenset[PortType]) -> None:
    ports = _ports_of(command, types)
    rule = read_socket_rule(command.cursor, command.state.groups, subcommand)
    for port in ports:
        port.rules.socket_rules.add(rule)


def display_web(command: Invocation) -> None:
    """JANUS DISPLAYWEB [portname [ruletype [url]]]: JANUS WEB commands, ready to be issued again.

    Of the rules shown for a URL without wildcards the last one of a type is the one that applies.
    """
    word, text = command.pattern(default="*")
    matching = command.state.matching(text)
    if word is not None and not matching:
        raise command.no_port(word)
    kinds = _kinds(command)
    url_word = command.cursor.here
    if url_word is not None:
        command.cursor.index += 1
    command.cursor.finish()
    for port in matching:
        if port.definition.type not in _WEB:
            continue
        url = None if url_word is None else Pattern(url_word.text, port.rules.exact_case)
        for kind in kinds:
            command.print(rule.command(port.name) for rule in port.rules.display(kind, url))


def _kinds(command: Invocation) -> tuple[Kind, ...]:
    """Take the rule type, which may be left out or `*`."""
    word = command.cursor.here
    if word is None:
        return tuple(Kind)
    command.cursor.index += 1
    if word.upper == "*":
        return tuple(Kind)
    if word.upper not in RuleType.__members__:
        hint = nearest(word.text, RuleType.__members__)
        raise refuse("SOUL.2030", word, hint, word=word.text, subcommand="DISPLAYWEB")
    return _SHOWN[word.upper]


def display_sockets(command: Invocation) -> None:
    """JANUS DISPLAYSOCK [portname]: the rules in the order in which they are searched."""
    ports = command.ports(default="*")
    command.cursor.finish()
    for port in ports:
        if port.definition.type in _SERVER | _CLIENT:
            subcommand = "SRVSOCK" if port.definition.type in _SERVER else "CLSOCK"
            command.print(f"JANUS {subcommand} {port.name} {rule.text}" for rule in port.rules.socket_rules.rules)
