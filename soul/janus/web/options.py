"""The settings a web request runs under, from the port's definition and the ON rule.

Source: m204wiki, JANUS WEB ON; the pages of the JANUS DEFINE parameters.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from soul.janus.web.page import CCATEMP_PAGE, LINE_ENDS, PageOptions

if TYPE_CHECKING:
    from soul.janus.port import PortDefinition
    from soul.janus.rules import OnRule


def port_options(definition: PortDefinition, output_bytes: int, compression: bool) -> PageOptions:
    """Return the settings of a port. `compression` is False while the NCMPBUF parameter is 0."""
    line_end = next((word for word in LINE_ENDS if definition.flag(word)), "CRLF")
    return PageOptions(
        autodone=not definition.flag("NOAUTODONE"),
        autoon=not definition.flag("NOAUTOON"),
        audterm=definition.flag("AUDTERM"),
        msgsend=not definition.flag("NOMSGSEND"),
        closeimmed=definition.flag("CLOSEIMMED"),
        closeread=definition.flag("CLOSEREAD"),
        compress=definition.integer("COMPRESS") if compression else 0,
        may_compress=compression,
        line_end=LINE_ENDS[line_end],
        raw_input=definition.flag("RAWINPUT"),
        raw_input_only=definition.flag("RAWINPUTONLY"),
        form_post_wait=definition.integer("FORMPOSTWAIT"),
        form_redirect_wait=definition.integer("FORMREDIRWAIT"),
        page_bytes=output_bytes,
    )


def rule_options(base: PageOptions, rule: OnRule | None) -> PageOptions:
    """Return the settings of a rule's requests: the port's where it is silent. Shared: copy before a change."""
    if rule is None or not rule.values:
        return base
    pages = rule.integer("MAXTEMP", 0)
    return replace(
        base,
        autodone=rule.choice("AUTODONE", base.autodone),
        autoon=rule.choice("AUTOON", base.autoon),
        audterm=rule.choice("AUDTERM", base.audterm),
        msgsend=rule.choice("MSGSEND", base.msgsend),
        closeimmed=rule.choice("CLOSEIMMED", base.closeimmed),
        closeread=rule.choice("CLOSEREAD", base.closeread),
        compress=rule.integer("COMPRESS", base.compress) if base.may_compress else 0,
        line_end=next((end for word, end in LINE_ENDS.items() if rule.flag(word)), base.line_end),
        raw_input_only=rule.flag("RAWINPUTONLY") or (base.raw_input_only and not rule.flag("NOTRAWINPUTONLY")),
        form_post_wait=rule.integer("FORMPOSTWAIT", base.form_post_wait),
        form_redirect_wait=rule.integer("FORMREDIRWAIT", base.form_redirect_wait),
        page_bytes=min(pages * CCATEMP_PAGE, base.page_bytes) if pages else base.page_bytes,
    )
