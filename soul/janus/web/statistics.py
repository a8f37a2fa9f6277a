"""What is counted of web requests, for $SyStat.

Source: m204wiki, Janus Web Server ($SyStat: JWEBERRS, JSCREENS).
"""

from __future__ import annotations

import threading

from soul.runtime.slots import Slot


class WebStatistics:
    """Figures of all web ports of an Online, as $SyStat names them."""

    def __init__(self) -> None:
        self.jweberrs = 0  # 4xx responses
        self.jscreens = 0  # all others: pages (our choice)
        self._lock = threading.Lock()

    def count(self, status: int) -> None:
        """Count one response."""
        with self._lock:
            if 400 <= status <= 499:
                self.jweberrs += 1
            else:
                self.jscreens += 1


WEB_STATISTICS: Slot[WebStatistics] = Slot("web statistics")  # on Online.slots
