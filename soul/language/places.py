"""Where files that can be made again are kept on this machine."""

from __future__ import annotations

import os
from pathlib import Path


def cache_directory() -> Path:
    """Return SOUL_CACHE_DIR, else `soul` in the user's cache directory. Raises OSError when there is no home."""
    chosen = os.environ.get("SOUL_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if base:
        return Path(base, "soul")
    try:
        return Path.home() / ".cache" / "soul"
    except RuntimeError as error:
        raise FileNotFoundError(str(error)) from None
