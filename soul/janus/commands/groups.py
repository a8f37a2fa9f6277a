"""The commands for groups of userids and IP addresses: DEFINE, DELETE and DISPLAY of each.

Source: m204wiki, JANUS DEFINEUSGROUP; JANUS DEFINEIPGROUP. The displays are our choice.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TypeVar

from soul.janus.addresses import AddressError, Network
from soul.janus.clauses import Cursor, nearest, refuse
from soul.janus.commands.invocation import Invocation
from soul.janus.define import name_error
from soul.janus.groups import AddressGroup, UserGroup
from soul.janus.wildcards import Pattern
from soul.online.command import Word

_Group = TypeVar("_Group", UserGroup, AddressGroup)


def _members(command: Invocation, existing: Mapping[str, object], operand: str) -> tuple[str, list[Word]]:
    """Take the name of a new group and its members, separated by blanks or commas."""
    command.cursor = cursor = Cursor.over(command.cursor.operands, command.cursor.subcommand, " ,")
    cursor.index = 1
    name = cursor.take("group name")
    if reason := name_error(name.text):
        raise refuse("SOUL.2006", name, what="Group", name=name.text, reason=reason)
    if name.text.upper() in existing:
        raise refuse("SOUL.2007", name, what="Group", name=name.text.upper())
    members = [cursor.take(operand)]
    while cursor.here is not None:
        members.append(cursor.take(operand))
    return name.text.upper(), members


def define_addresses(command: Invocation) -> None:
    """JANUS DEFINEIPGROUP groupname ipaddress(es)."""
    groups = command.state.groups.addresses
    name, members = _members(command, groups, "IP address")
    networks: list[Network] = []
    for word in members:
        try:
            networks.append(Network.parse(word.text))
        except AddressError as error:
            raise refuse("SOUL.2017", word, keyword="Member", value=word.text, reason=str(error)) from None
    groups[name] = AddressGroup(name, tuple(networks))


def define_users(command: Invocation) -> None:
    """JANUS DEFINEUSGROUP groupname userid(s); userids may hold wildcards."""
    groups = command.state.groups.users
    name, members = _members(command, groups, "userid")
    for word in members:
        if not word.text:
            raise refuse("MSIR.0660", word, keyword="userid", subcommand="DEFINEUSGROUP")
    groups[name] = UserGroup(name, tuple(Pattern(word.text) for word in members))


def _selected(command: Invocation, groups: Mapping[str, _Group], default: str | None = None) -> list[_Group]:
    """Take a group name or pattern and return the groups it means."""
    word, text = command.pattern("group name", default)
    command.cursor.finish()
    pattern = Pattern(text)
    found = [group for name, group in groups.items() if pattern.match(name) is not None]
    if not found and word is not None:
        raise refuse("SOUL.2008", word, nearest(text, groups), what="Group", name=text.upper())
    return found


def _delete(command: Invocation, groups: MutableMapping[str, _Group]) -> None:
    for group in _selected(command, groups):
        del groups[group.name]


def delete_addresses(command: Invocation) -> None:
    """JANUS DELETEIPGROUP groupname: rules that name the group match no address from now on."""
    _delete(command, command.state.groups.addresses)


def delete_users(command: Invocation) -> None:
    """JANUS DELETEUSGROUP groupname: rules that name the group match no userid from now on."""
    _delete(command, command.state.groups.users)


def display_addresses(command: Invocation) -> None:
    """JANUS DISPLAYIPGROUP [groupname], as commands."""
    found = _selected(command, command.state.groups.addresses, "*")
    command.print(f"JANUS DEFINEIPGROUP {g.name} {' '.join(m.text for m in g.members)}" for g in found)


def display_users(command: Invocation) -> None:
    """JANUS DISPLAYUSGROUP [groupname], as commands."""
    found = _selected(command, command.state.groups.users, "*")
    command.print(f"JANUS DEFINEUSGROUP {g.name} {' '.join(m.text for m in g.members)}" for g in found)
