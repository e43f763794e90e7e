"""A trace without the programs that the page loaded."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from igym_harness.traces import slim


def test_programs_go_and_everything_else_stays(tmp_path: Path) -> None:
    trace = tmp_path / "trace.zip"
    kept = {
        "trace.trace": b"{}\n" * 1_000,
        "trace.network": b"{}",
        "resources/aa.html": b"<p>",
        "resources/bb.png": b"png",
    }
    with zipfile.ZipFile(trace, "w") as archive:
        for name, data in {**kept, "resources/cc.wasm": b"w" * 9_000, "resources/dd.zip": b"z" * 9_000}.items():
            archive.writestr(name, data)
    slim(trace)
    with zipfile.ZipFile(trace) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == kept
        assert all(entry.compress_type == zipfile.ZIP_DEFLATED for entry in archive.infolist() if entry.file_size > 100)
    assert [path.name for path in tmp_path.iterdir()] == ["trace.zip"]


def test_what_is_no_trace_stays_as_it_is(tmp_path: Path) -> None:
    trace = tmp_path / "trace.zip"
    trace.write_bytes(b"half a file")
    with pytest.raises(zipfile.BadZipFile):
        slim(trace)
    assert trace.read_bytes() == b"half a file"
