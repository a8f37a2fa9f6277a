"""`soul cert` from its command line."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from soul.cli.main import main
from soul.janus.certificates.info import certificate_info
from soul.janus.certificates.keys import load_authorities, load_key_material, procedure_reader
from soul.online.procedures import ProcedureFiles


def material(directory: Path, name: str, file: str = "JANSSL"):
    return load_key_material(procedure_reader(ProcedureFiles(directory)), file, name)


def test_init_makes_everything(tmp_path, capsys):
    assert (
        main(
            [
                "cert",
                "init",
                str(tmp_path),
                "--server",
                "TM2008.PKEY",
                "--root",
                "COMPANY.ROOT.CERT",
                "--root-file",
                "MYPROC",
            ]
        )
        == 0
    )
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "MYPROC(COMPANY.ROOT.CERT): the root, for JANUS ADDCA"
    keys = {path.name for path in (tmp_path / "JANSSL").iterdir()}
    assert keys == {
        "COMPANY.ROOT.PKEY", "ISSUING.CERT", "TM2008.PKEY", "GOOD.PKEY", "INTERMEDIATE.PKEY", "EXPIRED.PKEY",
        "FUTURE.PKEY", "UNKNOWN.PKEY", "SELFSIGNED.PKEY", "OVERSIZED.PKEY",
    }  # fmt: skip
    root = load_authorities((tmp_path / "MYPROC" / "COMPANY.ROOT.CERT").read_text())[0]
    assert certificate_info((root,), "CN", 0) == "Company Root CA"
    assert material(tmp_path, "TM2008.PKEY").warnings == ()
    assert certificate_info((material(tmp_path, "GOOD.PKEY").certificate,), "CN", 0) == "Alice Archer"
    assert len(material(tmp_path, "INTERMEDIATE.PKEY").intermediates) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX modes")
def test_keys_are_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        main(["cert", "init", str(tmp_path)])
    finally:
        os.umask(before)
    for path in (tmp_path / "JANSSL").iterdir():
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o600 if "PRIVATE" in path.read_text() else 0o644)


def test_nothing_is_overwritten_without_force(tmp_path, capsys):
    main(["cert", "init", str(tmp_path)])
    texts = {path.name: path.read_bytes() for path in (tmp_path / "JANSSL").iterdir()}
    (tmp_path / "JANSSL" / "ROOT.CERT").unlink()
    capsys.readouterr()
    assert main(["cert", "init", str(tmp_path)]) == 1
    complaint = capsys.readouterr().err
    assert "nothing was written" in complaint
    assert "JANSSL(GOOD.PKEY)" in complaint
    assert "ROOT.CERT)" not in complaint
    assert not (tmp_path / "JANSSL" / "ROOT.CERT").exists()
    assert main(["cert", "init", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "JANSSL" / "GOOD.PKEY").read_bytes() != texts["GOOD.PKEY"]


def test_existing_procedure_is_found_under_any_spelling(tmp_path, capsys):
    (tmp_path / "JANSSL").mkdir()
    (tmp_path / "JANSSL" / "good.pkey.soul").write_text("old")
    assert main(["cert", "init", str(tmp_path)]) == 1
    assert main(["cert", "init", str(tmp_path), "--force"]) == 0
    assert "GOOD.PKEY" not in {path.name for path in (tmp_path / "JANSSL").iterdir()}
    assert material(tmp_path, "GOOD.PKEY").certificate is not None


def test_options(tmp_path):
    assert (
        main(
            [
                "cert",
                "init",
                str(tmp_path),
                "--key",
                "rsa",
                "--days",
                "3",
                "--host",
                "example.com",
                "--organization",
                "Org",
            ]
        )
        == 0
    )
    server = material(tmp_path, "SERVER.PKEY").certificate
    assert server.public_key().key_size == 2048
    assert (server.not_valid_after_utc - server.not_valid_before_utc).days == 3
    assert certificate_info((server,), "CN", 0) == "example.com"


def test_client(tmp_path, capsys):
    main(["cert", "init", str(tmp_path)])
    assert (
        main(
            [
                "cert",
                "client",
                str(tmp_path),
                "Carol Carter",
                "CAROL.PKEY",
                "--email",
                "carol@example.com",
                "--unit",
                "Sales",
            ]
        )
        == 0
    )
    made = material(tmp_path, "CAROL.PKEY").certificate
    assert [certificate_info((made,), item, 0) for item in ("CN", "OU", "E")] == [
        "Carol Carter",
        "Sales",
        "carol@example.com",
    ]
    made.verify_directly_issued_by(material(tmp_path, "ROOT.PKEY").certificate)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["client", "DIR", "Carol", "C.PKEY", "--root", "NO.PKEY"],
            "JANSSL(NO.PKEY): there is no procedure NO.PKEY in file JANSSL",
        ),
        (
            ["client", "DIR", "Carol", "C.PKEY", "--root", "GOOD.PKEY"],
            "JANSSL(GOOD.PKEY) is not a certifying authority's",
        ),
        (["client", "DIR", "x" * 65, "C.PKEY"], "length must be >= 1 and <= 64"),
        (["client", "DIR", "Carol", "GOOD.PKEY"], "nothing was written"),
        (["client", "DIR", "Carol", "C.PKEY", "--file", "TOOLONGNAME"], "there is no procedure file TOOLONGNAME"),
        (["init", "DIR", "--file", "BAD/NAME"], "BAD/NAME"),
        (["init", "DIR", "--server", "ROOT.CERT", "--force"], "two of the procedures would have the same name"),
        (["client", "DIR/none", "Carol", "C.PKEY"], "there is no directory"),
        (["p12", "DIR", "NO.PKEY", "out.p12"], "there is no procedure NO.PKEY"),
    ],
)
def test_complaints(tmp_path, capsys, arguments, complaint):
    main(["cert", "init", str(tmp_path)])
    capsys.readouterr()
    status = main(["cert", *(argument.replace("DIR", str(tmp_path)) for argument in arguments)])
    captured = capsys.readouterr()
    assert status == 1
    assert captured.err.startswith("soul cert: ")
    assert complaint in captured.err
    assert "Traceback" not in captured.err


def test_empty_name_is_wrong_usage(tmp_path):
    with pytest.raises(SystemExit) as caught:
        main(["cert", "init", str(tmp_path), "--client", " "])
    assert caught.value.code == 2


@pytest.mark.parametrize("days", ["0", "3651", "x", "-1"])
def test_days_out_of_range_is_wrong_usage(tmp_path, days):
    with pytest.raises(SystemExit) as caught:
        main(["cert", "init", str(tmp_path), "--days", days])
    assert caught.value.code == 2


def test_p12(tmp_path, monkeypatch):
    main(["cert", "init", str(tmp_path)])
    out = tmp_path / "good.p12"
    monkeypatch.setattr(sys, "stdin", io.StringIO("pass word\n"))
    assert main(["cert", "p12", str(tmp_path), "GOOD.PKEY", str(out)]) == 0
    packed = load_pkcs12(out.read_bytes(), b"pass word")
    assert packed.cert.certificate == material(tmp_path, "GOOD.PKEY").certificate
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert main(["cert", "p12", str(tmp_path), "GOOD.PKEY", str(out), "--force"]) == 1


def test_the_file_may_be_in_any_case(tmp_path):
    (tmp_path / "Keys").mkdir()
    assert main(["cert", "init", str(tmp_path), "--file", "keys", "--root-file", "myproc"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"Keys", "MYPROC"}
    assert main(["cert", "client", str(tmp_path), "Carol Carter", "CAROL.PKEY", "--file", "keys"]) == 0
    assert material(tmp_path, "CAROL.PKEY", "KEYS").certificate is not None
