"""Named groups of userids and of IP addresses, used by ALLOW and DISALLOW rules.

Source: m204wiki, JANUS DEFINEUSGROUP; JANUS DEFINEIPGROUP.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.janus.addresses import Network
from soul.janus.wildcards import Pattern


@dataclass(frozen=True)
class UserGroup:
    """Userids, with wildcards (`BOZO*`)."""

    name: str
    members: tuple[Pattern, ...]

    def holds(self, userid: str) -> bool:
        """Say whether `userid` is a member."""
        return any(member.match(userid) is not None for member in self.members)


@dataclass(frozen=True)
class AddressGroup:
    """Addresses and subnets in any mixture."""

    name: str
    members: tuple[Network, ...]

    def holds(self, address: str) -> bool:
        """Say whether `address` belongs to one of the members."""
        return any(member.holds(address) for member in self.members)


@dataclass
class Groups:
    """The groups of one Online by upper-case name. Rules look their group up each time, so changes count at once."""

    users: dict[str, UserGroup] = field(default_factory=dict)
    addresses: dict[str, AddressGroup] = field(default_factory=dict)

    def has_user(self, group: str, userid: str) -> bool:
        """Say whether `userid` belongs to the group; a group that is gone has no members."""
        found = self.users.get(group.upper())
        return found is not None and found.holds(userid)

    def has_address(self, group: str, address: str) -> bool:
        """Say whether `address` belongs to the group; a group that is gone has no members."""
        found = self.addresses.get(group.upper())
        return found is not None and found.holds(address)
