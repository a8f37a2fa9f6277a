"""Key-exchange groups: an OpenSSL configuration file, named to OpenSSL before it is loaded.

pyOpenSSL has no public call for a list of groups, and OpenSSL's own default offers groups that today's server
recommendations do not want. OpenSSL reads the file named by OPENSSL_CONF once, when it is first loaded, so
`choose_groups` must run before anything imports `cryptography`. This module imports neither.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from pathlib import Path

CONFIGURATION = Path(__file__).with_name("openssl.cnf")


def choose_groups(environment: MutableMapping[str, str]) -> bool:
    """Name our configuration file in `environment` (os.environ) unless the site has named its own.

    Returns False when nothing was set: OPENSSL_CONF was there already, or OpenSSL is already loaded, so that the
    setting would come too late for this process.
    """
    if environment.get("OPENSSL_CONF") or "cryptography.hazmat.bindings._rust" in sys.modules:
        return False
    environment["OPENSSL_CONF"] = str(CONFIGURATION)
    return True
