"""A session is certified by the same WebAssembly Python under Node; one altered cell, or one altered input, is named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from igym import assets, certify, loading
from igym.__main__ import main
from igym.certify import Certifier, CertifyError, keep_build
from igym.exports import Exporter
from igym.runtime import Runtime
from igym.store import SessionRecord, Store
from igym_env.host import Host, request_text
from igym_env.loader import load
from igym_env.seeds import episode_seed

Prepared = tuple[loading.Loaded, Runtime, assets.Assets]
FRAMES = 40
SEED = 11


def rows_of(found: assets.Assets) -> list[str]:
    """What two browsers would have sent: the kitchen holds integers, so CPython computes the same."""
    host = Host(load(f"{found.examples}/environments/kitchen.py:Kitchen"))
    host.start(json.dumps({"seed": episode_seed(SEED, "kitchen", 0), "episode": 0, "max_steps": FRAMES}))
    requests: list[str] = []
    for frame in range(FRAMES):
        inputs = [[(frame // 7) % 6, 1], [(frame // 5) % 6, 3]]
        requests += [request_text("play", frame, inputs), request_text("final", frame)]
    return [row["row"] for row in json.loads(host.run("\n".join(requests)))["rows"]]


async def stored(
    folder: Path, prepared: Prepared, rows: list[str], *, setup: dict[str, Any] | None = None
) -> Certifier:
    _, runtime, found = prepared
    store = Store(folder / "kitchen" / "igym.sqlite3")
    builds = folder / "kitchen" / "builds"
    setup = {"build": keep_build(runtime, found.pyodide, builds), "max_steps": FRAMES, "fps": 30} | (setup or {})
    await store.save_session(SessionRecord("s", "kitchen", SEED, ("a", "b"), "completed", "completed", setup))
    log = [certify.input_pairs(text) for text in rows]
    input_hash = hashlib.sha256(json.dumps(log, separators=(",", ":")).encode()).hexdigest()[:16]
    for seat, who in enumerate("ab"):
        key = {"session_id": "s", "episode": 0, "seat": seat}
        digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        chunk = {
            **key,
            "kind": "rows",
            "seq": 0,
            "first_frame": 0,
            "last_frame": len(rows) - 1,
            "rows": rows,
            "sha256": digest,
        }
        await store.save_chunk(who, chunk)
        seal = {
            **key,
            "end_frame": len(rows),
            "rows": len(rows),
            "chunks": 1,
            "input_hash": input_hash,
            "verified": True,
        }
        await store.save_seal(who, {**seal, "state_hash": "0" * 16, "reason": "completed", "stats": {"rollbacks": 0}})
        link = {"session_id": "s", "participant_id": who, "peer_seat": 1 - seat, "frame": 0, "state": "connected"}
        await store.log("link_report", {**link, "route": "direct", "candidates": None})
    exporter = Exporter(store, folder, "kitchen")
    exporter.session("s")
    return Certifier(store, exporter, builds, found)


async def test_true_rows_are_certified_and_their_observations_written(tmp_path: Path, kitchen: Prepared) -> None:
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    result = await certifier.session("s")
    assert (result["certified"], result["episodes"][0]["frames"], result["episodes"][0]["covers"]) == (
        True,
        FRAMES,
        "episode",
    )
    folder = tmp_path / "kitchen" / "kitchen" / "s" / "ep0"
    assert json.loads((folder / "certificate.json").read_text())["certified"] is True
    assert (folder / "observations.parquet").is_file()


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [('"score":0', '"score":1', "infos.0"), ('"actions":[1,1]', '"actions":[2,1]', "state_hash")],
)
async def test_an_altered_cell_or_input_is_named(
    tmp_path: Path, kitchen: Prepared, old: str, new: str, column: str
) -> None:
    rows = rows_of(kitchen[2])
    at = next(index for index, row in enumerate(rows) if old in row)
    altered = [row.replace(old, new, 1) if index == at else row for index, row in enumerate(rows)]
    result = await (await stored(tmp_path, kitchen, altered)).session("s")
    difference = result["episodes"][0]["first_difference"]
    assert (result["certified"], difference["frame"] >= at, difference["seat"]) == (False, True, 0)
    if column == "infos.0":
        assert (difference["frame"], difference["column"]) == (at, column)


def altered(name: str, old: str, new: str) -> Callable[[Path], object]:
    """One place of a text file, and its digest in the seal as well, as somebody does who knows of it."""

    def alter(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        before = hashlib.sha256(text.encode()).hexdigest()
        changed = text.replace(old, new, 1)
        (folder / name).write_text(changed, encoding="utf-8")
        seal = (folder / "seal.json").read_text(encoding="utf-8")
        (folder / "seal.json").write_text(seal.replace(before, hashlib.sha256(changed.encode()).hexdigest()))

    return alter


def shortened(folder: Path) -> None:
    path = folder / "observations.parquet"
    parquet.write_table(parquet.read_table(path).slice(0, 5), path)


def reward(folder: Path) -> None:
    """A reward of the Parquet file is a tenth larger."""
    table = parquet.read_table(folder / "seat0.parquet")
    values: list[Any] = table.column("rewards.0").to_pylist()
    at = table.column_names.index("rewards.0")
    values[7] += 0.1
    parquet.write_table(table.set_column(at, "rewards.0", pa.array(values, pa.float64())), folder / "seat0.parquet")


def reward_as_bytes(folder: Path) -> None:
    """A column of the Parquet file has a type that no exported one has."""
    table = parquet.read_table(folder / "seat0.parquet")
    at = table.column_names.index("rewards.0")
    parquet.write_table(
        table.set_column(at, "rewards.0", pa.array([b"x"] * FRAMES, pa.binary())), folder / "seat0.parquet"
    )


def without_rows(folder: Path) -> None:
    parquet.write_table(parquet.read_table(folder / "seat1.parquet").slice(0, FRAMES - 1), folder / "seat1.parquet")


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (
            altered("seat1.csv", "true", "false"),
            "ep0/seat1.csv row 0, column isFocused.0: the file says 'false', the session 'true'",
        ),
        (altered("seat1.csv", "frame", "fame"), "ep0/seat1.csv has another header"),
        (altered("seat1.csv", "true", "x" * 200_000), "ep0/seat1.csv row 0, column isFocused.0: the file says 'xx"),
        (altered("seat1.csv", "true", "true,true"), "ep0/seat1.csv cannot be read (line 2 has another number of cells"),
        (lambda folder: (folder / "seat1.csv").write_bytes(b"\xff"), "ep0/seat1.csv cannot be read"),
        (altered("parity.json", "true", "false"), "ep0/parity.json is not what"),
        (
            altered("seal.json", '"partial": false', '"partial": true'),
            "ep0/seal.json says partial True, the session False",
        ),
        (altered("seal.json", '"end_frame": 40', '"end_frame": 41'), "ep0/seal.json has another seal of seat 0"),
        (altered("../session.json", '"completed"', '"cut"'), "session.json does not say"),
        (altered("../seat0_metrics.json", '"direct"', '"relay"'), "seat0_metrics.json says of the links what the"),
        (
            altered("../seat0_metrics.json", '"rollbacks": 0', '"rollbacks": 1'),
            "seat0_metrics.json says of the netcode",
        ),
        (altered("../seat1_metrics.json", '"seat": 1', '"seat": 0'), "seat1_metrics.json is of another seat"),
        (altered("../seat1_metrics.json", '"links": {', '"links": ['), "seat1_metrics.json cannot be read"),
        (lambda folder: (folder / "../seat1_metrics.json").unlink(), "seat1_metrics.json is missing"),
        (reward, "ep0/seat0.parquet row 7, column rewards.0: the file says 0.1, the session 0.0"),
        (reward_as_bytes, "ep0/seat0.parquet row 0, column rewards.0: the file says b'x', the session 0.0"),
        (without_rows, "ep0/seat1.parquet row 39, column : the file says '39 rows', the session '40 rows'"),
        (lambda folder: (folder / "seat0.parquet").write_bytes(b"PAR1"), "ep0/seat0.parquet cannot be read"),
        (lambda folder: (folder / "inputs.csv").unlink(), "ep0/inputs.csv is missing"),
        (lambda folder: (folder / "seal.json").unlink(), "ep0/seal.json is missing"),
        (lambda folder: (folder / "seal.json").write_text("[]"), "ep0/seal.json cannot be read"),
        (lambda folder: (folder / "seat2.csv").write_text("x"), "ep0/seat2.csv was never exported"),
    ],
)
async def test_a_file_that_no_longer_says_what_the_session_says_is_named(
    tmp_path: Path, kitchen: Prepared, alter: Callable[[Path], object], said: str
) -> None:
    """What researchers read are the files, not the database that the rows are compared with."""
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    folder = tmp_path / "kitchen" / "kitchen" / "s" / "ep0"
    alter(folder)
    result = await certifier.session("s")
    assert (result["certified"], said in result["reason"]) == (False, True), result["reason"]
    assert json.loads((folder / "certificate.json").read_text())["reason"] == result["reason"]


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (shortened, "ep0/observations.parquet row 5"),
        (
            altered("observations.csv", "0,0,", "0,1,"),
            "ep0/observations.csv row 0, column seat: the file says '1', the",
        ),
        (lambda folder: (folder / "observations.csv").unlink(), "ep0/observations.csv is missing"),
        (lambda folder: (folder / "../session.json").unlink(), "session.json is missing"),
        (lambda folder: (folder / "observations.parquet").unlink(), "ep0/observations.parquet is missing"),
    ],
)
async def test_observations_are_those_of_the_re_simulation(
    tmp_path: Path, kitchen: Prepared, alter: Callable[[Path], object], said: str
) -> None:
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    assert (await certifier.session("s"))["certified"] is True
    alter(tmp_path / "kitchen" / "kitchen" / "s" / "ep0")
    for _ in range(2):
        result = await certifier.session("s")
        assert (result["certified"], said in result["reason"]) == (False, True), result["reason"]


async def test_observations_that_a_crash_left_half_written_are_written_again(tmp_path: Path, kitchen: Prepared) -> None:
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    folder = tmp_path / "kitchen" / "kitchen" / "s" / "ep0"
    (folder / "observations.parquet").write_bytes(b"PAR1")
    assert (await certifier.session("s"))["certified"] is True
    assert parquet.read_table(folder / "observations.parquet").num_rows == 2 * FRAMES


async def test_links_that_were_told_after_the_export_accuse_no_file(tmp_path: Path, kitchen: Prepared) -> None:
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    link = {"session_id": "s", "participant_id": "a", "frame": 9, "state": "closed"}
    for peer_seat in (1, 2):
        await certifier.store.log(
            "link_report", {**link, "peer_seat": peer_seat, "route": "direct", "candidates": None}
        )
    assert (await certifier.session("s"))["certified"] is True


async def test_what_is_found_later_is_said_by_the_certificate_and_the_earlier_one_is_kept(
    tmp_path: Path, kitchen: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    await certifier.session("s")
    await certifier.session("s")
    folder = tmp_path / "kitchen" / "kitchen" / "s" / "ep0"
    assert [path.name for path in sorted(folder.glob("certificate*"))] == ["certificate.json"]
    rows = certifier.store.rows
    altered = {"rows": lambda *key: [rows(*key)[0].replace('"score":0', '"score":1', 1), *rows(*key)[1:]]}
    monkeypatch.setattr(type(certifier.store), "rows", lambda _, *key: altered["rows"](*key))
    assert (await certifier.session("s"))["certified"] is False
    said = {path.name: json.loads(path.read_text())["certified"] for path in folder.glob("certificate*")}
    assert said == {"certificate.json": False, "certificate-1.json": True}


async def test_without_node_or_the_build_there_is_no_verdict_and_the_reason(
    tmp_path: Path, kitchen: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    certifier = await stored(tmp_path / "one", kitchen, rows_of(kitchen[2]))
    monkeypatch.setattr(certify, "find_node", lambda: None)
    result = await certifier.session("s")
    assert (result["certified"], result["reason"]) == (None, "node_missing")
    other = await stored(tmp_path / "two", kitchen, rows_of(kitchen[2]), setup={"build": "gone"})
    assert (await other.session("s"))["reason"] == "package_missing"
    with pytest.raises(CertifyError, match="session nobody is not in this data folder"):
        await other.session("nobody")


async def test_what_cannot_be_trusted_is_no_verdict_and_says_why(
    tmp_path: Path, kitchen: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows without files, a build that somebody edited, a stored row that is no row."""
    certifier = await stored(tmp_path / "one", kitchen, rows_of(kitchen[2]))
    shutil.rmtree(tmp_path / "one" / "kitchen" / "kitchen" / "s" / "ep0")
    result = await certifier.session("s")
    assert (result["certified"], result["reason"]) == (None, "not_exported")
    certifier = await stored(tmp_path / "two", kitchen, rows_of(kitchen[2]))
    (build,) = (tmp_path / "two" / "kitchen" / "builds").iterdir()
    archive = next((build / "files").iterdir())
    archive.write_bytes(archive.read_bytes() + b" ")
    result = await certifier.session("s")
    assert (result["reason"], archive.name in result["episodes"][0]["detail"]) == ("package_altered", True)
    certifier = await stored(tmp_path / "three", kitchen, rows_of(kitchen[2]))
    monkeypatch.setattr(type(certifier.store), "rows", lambda *_: ["{"])
    assert (await certifier.session("s"))["reason"] == "unreadable_row"


async def test_a_certificate_that_cannot_be_read_is_kept_aside(tmp_path: Path, kitchen: Prepared) -> None:
    certifier = await stored(tmp_path, kitchen, rows_of(kitchen[2]))
    folder = tmp_path / "kitchen" / "kitchen" / "s" / "ep0"
    (folder / "certificate.json").write_text("{no")
    assert (await certifier.session("s"))["certified"] is True
    assert (folder / "certificate-1.json").read_text() == "{no"
    assert json.loads((folder / "certificate.json").read_text())["certified"] is True


def test_a_damaged_database_is_named_and_not_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kitchen").mkdir()
    file = tmp_path / "kitchen" / "igym.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    assert main(["certify", "s", "--data-dir", str(tmp_path)]) == 2
    assert f"{file} cannot be read" in capsys.readouterr().err
