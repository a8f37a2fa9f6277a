"""Putting a finished file in the place of an older one.

On Windows a file that somebody has open, for a moment, cannot be replaced; elsewhere it can.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

PAUSES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)  # seconds between attempts


def put_in_place(
    new: str | os.PathLike[str],
    place: str | os.PathLike[str],
    *,
    patient: bool = os.name == "nt",
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Rename the file `new` to `place`, which may exist. Raises OSError.

    `patient` tries again, for less than a second, while access is denied because another program reads the old file.
    """
    for seconds in PAUSES if patient else ():
        try:
            os.replace(new, place)
            return
        except PermissionError:
            pause(seconds)
    os.replace(new, place)
