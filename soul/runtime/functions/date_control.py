"""What happens on a date error: the error control of the datetime $functions, kept per thread.

Source: m204wiki, $Sir_Date_Err.
"""

from __future__ import annotations

from soul.runtime.functions.messages import DATE_WARNING, date_error
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

SETTINGS = ("OFF", "CANCEL", "REPORT", "IGNORE")
SYSTEM_DEFAULT = "IGNORE"  # what OFF falls back to (our choice)


class DateControl:
    """The setting of $Sir_Date_Err; it ends with the request."""

    def __init__(self) -> None:
        self.setting = "OFF"

    def reset(self) -> None:
        """Go back to OFF."""
        self.setting = "OFF"


DATE_CONTROL: Slot[DateControl] = Slot("date error control")


def date_control(thread: Thread) -> DateControl:
    """Return the control of `thread`, made when first asked for."""
    control = thread.slots.get(DATE_CONTROL)
    if control is None:
        control = DateControl()
        thread.slots.put(DATE_CONTROL, control)
        thread.at_request_end.append(control.reset)
    return control


def report(thread: Thread, function: str, detail: str, control: str | None = None) -> None:
    """Cancel, warn or stay silent about a date error.

    `control` is the error control argument of the call; without one the thread's setting counts. An argument that is
    no setting acts as omitted (our choice).
    """
    setting = (control or "").strip().upper()
    if setting not in SETTINGS:
        kept = thread.slots.get(DATE_CONTROL)
        setting = "OFF" if kept is None else kept.setting
    if setting == "OFF":
        setting = SYSTEM_DEFAULT
    if setting == "CANCEL":
        raise date_error(function, detail)
    if setting == "REPORT":
        thread.message(DATE_WARNING, function=function, detail=detail)
