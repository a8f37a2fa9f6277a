"""The sizes the $functions keep, each with the page that gives it.

`STRING` is the longest result of a function that is not of the longstring kind: m204wiki, SOUL $functions.
"""

from __future__ import annotations

STRING = 255
POSITION = 2**31  # a literal below it is taken as a position when a call is written out
C2X_INPUT = 126  # m204wiki, $C2X
X2C_INPUT = 255  # m204wiki, $X2C
BASE64_INPUT = 189  # m204wiki, $Base64_Encode
GLOBAL_NAME = 255
GLOBALS = 100_000  # globals of one thread (our choice; GTBL size on the mainframe)
GLOBAL_CHARACTERS = 64 * 1024 * 1024  # all names and values together (our choice)
LISTS = 10_000  # $lists of one thread (our choice)
LIST_ITEMS = 1_000_000  # items of one $list (our choice; CCATEMP on the mainframe)
LIST_CHARACTERS = 256 * 1024 * 1024  # all items of a thread's $lists (our choice)
LONGSTRING = 2_147_483_647  # m204wiki, Longstrings
INFLATED = 64 * 1024 * 1024  # bytes one $Inflate or $GunZip may give (our choice)
REGEX_STEPS = 2_000_000  # work of one $RegexMatch or $RegexReplace (our choice)
REGEX_PATTERN = 4096  # characters of a pattern (our choice)
