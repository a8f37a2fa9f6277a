"""The client-certificate matrix with programs nobody here wrote: curl for WEBSERV, openssl s_client for SRVSOCK."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from matrix import PORTS, Case, cases, write_online
from serving import Serving

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(not shutil.which("curl") or not shutil.which("openssl"), reason="curl and openssl are needed"),
]
PATIENCE = 30
CURL_REFUSALS = {"1.2": (35, 56, 60, 16), "1.3": (56, 35, 16)}
ALERT_WORDS = {
    40: "handshake failure",
    42: "bad certificate",
    45: "certificate expired",
    48: "unknown ca",
    80: "internal error",
    116: "certificate required",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Path]]:
    directory: Path = tmp_path_factory.mktemp("matrix")
    write_online(directory)
    with Serving(directory, [port.name for port in PORTS]) as serving:
        yield serving, directory


def certificate_options(directory: Path, case: Case, certificate: str, key: str) -> list[str]:
    if case.client == "none":
        return []
    path = str(directory / "JANSSL" / f"{case.client.upper()}.PKEY")
    return [certificate, path, key, path]


def curl(served: tuple[Serving, Path], case: Case) -> subprocess.CompletedProcess[str]:
    serving, directory = served
    version = ["--tlsv1.2", "--tls-max", "1.2"] if case.tls == "1.2" else ["--tlsv1.3"]
    return subprocess.run(
        [
            "curl",
            "--silent",
            "--show-error",
            "--cacert",
            str(directory / "JANSSL" / "ROOT.CERT"),
            *version,
            *certificate_options(directory, case, "--cert", "--key"),
            f"https://127.0.0.1:{serving.numbers[case.port.name]}/",
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def s_client(
    served: tuple[Serving, Path], case: Case, *options: str, request: str = ""
) -> subprocess.CompletedProcess[str]:
    serving, directory = served
    return subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{serving.numbers[case.port.name]}", "-ign_eof"]
        + ["-CAfile", str(directory / "JANSSL" / "ROOT.CERT"), f"-tls1_{case.tls[-1]}", *options]
        + certificate_options(directory, case, "-cert", "-key")
        + (
            ["-cert_chain", str(directory / "JANSSL" / f"{case.client.upper()}.PKEY")]
            if case.client == "intermediate"
            else []
        ),
        input=request,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("case", [c for c in cases() if c.port.type == "WEBSERV"], ids=str)
def test_curl(served: tuple[Serving, Path], case: Case) -> None:
    start = len(served[0].audit())
    done = curl(served, case)
    if case.accepted:
        assert (done.returncode, done.stdout.strip()) == (0, case.text), done.stderr
        return
    assert done.returncode in CURL_REFUSALS[case.tls], done.stderr
    assert done.stdout == ""
    # For an expired client certificate curl 7 shows its own help text about servers instead of the alert.
    assert ALERT_WORDS[case.alert] in done.stderr or done.returncode == 60
    assert case.journal in served[0].wait_for_audit("MSIR.0646", 1, start)


@pytest.mark.parametrize("case", [c for c in cases() if c.port.type == "SRVSOCK"], ids=str)
def test_s_client(served: tuple[Serving, Path], case: Case) -> None:
    start = len(served[0].audit())
    done = s_client(served, case)
    if case.accepted:
        assert case.text in done.stdout, done.stderr
        return
    assert case.text == ""
    assert "levels" not in done.stdout
    assert ALERT_WORDS[case.alert] in done.stderr
    assert case.journal in served[0].wait_for_audit("MSIR.0646", 1, start)


RESUMED = [
    c for c in cases() if c.accepted and c.client in ("good", "none") and c.port.name in ("WEBASK", "WEBREQ", "SOCKREQ")
]


@pytest.mark.parametrize("case", RESUMED, ids=str)
def test_s_client_resumes_with_its_certificate(served: tuple[Serving, Path], case: Case, tmp_path: Path) -> None:
    session = str(tmp_path / "session.pem")
    request = "" if case.port.type == "SRVSOCK" else "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    first = s_client(served, case, "-sess_out", session, request=request)
    assert case.text in first.stdout, first.stderr
    again = s_client(served, case, "-sess_in", session, request=request)
    assert re.search(r"^Reused, TLSv1\.", again.stdout, re.MULTILINE), again.stdout
    assert case.text in again.stdout
