"""Runs the client-certificate demonstration: makes certificates, starts the ports, says what to try.

Called by `make serve`. Everything it makes lies in this directory and is ignored by git.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTNERS = ("PARTNER1", "PARTNER2")
TRY = """
What to try, in another terminal, after  cd {here}

  CLCERTWEB 9733 requires a certificate, and explains itself to browsers without one (SSLNOCERTERR)
    curl {ca} https://localhost:9733/
                              -> 403, a page that says that a certificate is needed
    curl {ca} --cert JANSSL/GOOD.PKEY https://localhost:9733/
                              -> Alice's certificate, item by item

  CLCERTREQ 9734 requires a certificate, and turns others away in the handshake
    curl {ca} https://localhost:9734/
                              -> alert "certificate required", MSIR.0646 in the audit trail
    curl {ca} --cert JANSSL/EXPIRED.PKEY https://localhost:9734/
                              -> alert "certificate expired"
    curl {ca} --cert JANSSL/UNKNOWN.PKEY https://localhost:9734/
                              -> alert "unknown ca"

  CLCERTASK 9735 asks for a certificate, and greets with or without it
    curl {ca} https://localhost:9735/
                              -> welcome, whoever you are
    curl {ca} --cert JANSSL/INTERMEDIATE.PKEY https://localhost:9735/
                              -> Bruno, signed by an intermediate authority: three levels

  CLCERTMAP 9736 makes a certificate a login (NEWSESCMD, $Sir_Login); /private is for ALICE only
    curl {ca} --cert JANSSL/GOOD.PKEY https://localhost:9736/private
                              -> Alice's page, without a password
    curl {ca} --cert JANSSL/INTERMEDIATE.PKEY https://localhost:9736/private
                              -> 403, not for Bruno
    curl {ca} --cert JANSSL/PARTNER1.PKEY https://localhost:9736/private
                              -> 403, not for a partner's certificate that bears Alice's name

  CLCERTSOCK 9737 is a socket port that requires a certificate
    printf 'hello\\r\\nBYE\\r\\n' | openssl s_client -quiet -connect localhost:9737 \\
       -CAfile MYPROC/COMPANY.ROOT.CERT -cert JANSSL/GOOD.PKEY -key JANSSL/GOOD.PKEY
                              -> common name, signer, levels, and an echo

  In a browser: import the file that this makes, then open https://localhost:9733/
    openssl pkcs12 -export -in JANSSL/GOOD.PKEY -out alice.p12

  The tests of all this, without a network:  {soul} test {here}

Ctrl-C drains the ports and stops.
"""


def make_certificates(directory: Path) -> None:
    """Make what `directory` lacks: the company's certificates, and two partners' roots with one client."""
    from soul.cli.main import main

    (directory / "JANSSL").mkdir(exist_ok=True)
    if not (directory / "JANSSL" / "TM2008.PKEY").exists():
        arguments = ["cert", "init", str(directory), "--server", "TM2008.PKEY", "--root", "COMPANY.ROOT.CERT"]
        if main([*arguments, "--root-file", "MYPROC"]) != 0:
            sys.exit(1)
    if not (directory / "JANSSL" / f"{PARTNERS[-1]}.PKEY").exists():
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
    command = os.path.relpath(Path(sys.executable).with_name("soul"))
    print(TRY.format(here=os.path.relpath(HERE), soul=command, ca="--cacert MYPROC/COMPANY.ROOT.CERT"), flush=True)
    serve = [sys.executable, "-m", "soul.cli.main", "serve", str(HERE), "--host", "127.0.0.1"]
    if os.name != "posix":  # where a process cannot become another one
        return subprocess.call(serve)
    os.execv(sys.executable, serve)


if __name__ == "__main__":
    sys.exit(main())
