"""Runs the client-certificate demonstration: makes certificates, starts the ports, says what to try.

Called by `make serve`. Everything it makes lies in this directory and is ignored by git.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTNERS = ("PARTNER1", "PARTNER2")
TRY = """
What to try, in another terminal:

  curl {ca} https://localhost:9733/                   a page that explains that a certificate is needed (403)
  curl {ca} {good} https://localhost:9733/            Alice's certificate, item by item
  curl {ca} https://localhost:9734/                   refused in the handshake: "certificate required"
  curl {ca} {expired} https://localhost:9734/         refused: "certificate expired"
  curl {ca} {unknown} https://localhost:9734/         refused: "unknown ca"
  curl {ca} https://localhost:9735/                   welcome, whoever you are
  curl {ca} {inter} https://localhost:9735/           Bruno, signed by an intermediate authority: three levels
  curl {ca} {good} https://localhost:9736/private     Alice's page, without a password
  curl {ca} {inter} https://localhost:9736/private    not for Bruno (403)
  curl {ca} {partner} https://localhost:9736/private  not for a partner's certificate with Alice's name (403)
  printf 'hello\\r\\nBYE\\r\\n' | openssl s_client -quiet -connect localhost:9737 {s_good} {s_ca}
                                                      the socket port: common name, signer, an echo
  openssl pkcs12 -export -in {keys}/GOOD.PKEY -out alice.p12
                                                      for a browser: import alice.p12, then open https://localhost:9733/

Tests of all this, without a network:  .venv/bin/soul test {here}

Ctrl-C drains the ports and stops.
"""


def make_certificates(directory: Path) -> None:
    """Make what `directory` lacks: the company's certificates, and two partners' roots with one client."""
    from soul.cli.main import main

    if (directory / "JANSSL" / "TM2008.PKEY").exists():
        return
    (directory / "JANSSL").mkdir(exist_ok=True)
    arguments = ["cert", "init", str(directory), "--server", "TM2008.PKEY", "--root", "COMPANY.ROOT.CERT"]
    if main([*arguments, "--root-file", "MYPROC"]) != 0:
        sys.exit(1)
    make_partners(directory)


def make_partners(directory: Path) -> None:
    """Make the partners' roots, and a certificate of the first one that bears the name of the company's Alice."""
    from soul.janus.certificates.development import Authority, Subject

    for name in PARTNERS:
        root = Authority.root(Subject(f"{name.title()} Root CA", name.title()))
        (directory / "MYPROC" / f"{name}.ROOT.CERT").write_text(root.certificate_pem, encoding="ascii")
        client = directory / "JANSSL" / f"{name}.PKEY"
        client.touch(mode=0o600)
        client.write_text(root.client(Subject("Alice Archer", name.title())).pem, encoding="ascii")


def main() -> int:
    """Make certificates, say what to try, and serve until stopped."""
    make_certificates(HERE)
    here = Path(os.path.relpath(HERE))
    keys = here / "JANSSL"
    ca = here / "MYPROC" / "COMPANY.ROOT.CERT"
    print(
        TRY.format(
            ca=f"--cacert {ca}",
            good=f"--cert {keys}/GOOD.PKEY",
            expired=f"--cert {keys}/EXPIRED.PKEY",
            unknown=f"--cert {keys}/UNKNOWN.PKEY",
            inter=f"--cert {keys}/INTERMEDIATE.PKEY",
            partner=f"--cert {keys}/PARTNER1.PKEY",
            s_good=f"-cert {keys}/GOOD.PKEY -key {keys}/GOOD.PKEY",
            s_ca=f"-CAfile {ca}",
            keys=keys,
            here=here,
        ),
        flush=True,
    )
    soul = [sys.executable, "-m", "soul.cli.main"]
    os.execv(sys.executable, [*soul, "serve", str(HERE), "--host", "127.0.0.1"])


if __name__ == "__main__":
    sys.exit(main())
