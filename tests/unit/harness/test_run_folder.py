"""The layout of a run folder."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pytest

from igym_harness import jsonl, run_folder
from igym_harness.run_folder import RunFolder

UTC = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def create(runs: Path, seed: int = 41) -> RunFolder:
    return RunFolder.create(runs, scenario="p2p-loss-15", seed=seed, utc=UTC, participants=["a", "b"])


def test_a_run_has_its_own_folder_with_a_place_for_everything(tmp_path: Path) -> None:
    folder = create(tmp_path)
    assert folder.path == tmp_path / "p2p-loss-15" / "20300102T030405Z-41"
    assert folder.participant("b").exports.is_dir()
    assert folder.data.is_dir()
    assert folder.proxy_log.parent.is_dir()
    assert folder.server_log == folder.path / "server" / "stdout.log"
    assert folder.participant("a").trace == folder.path / "participants" / "a" / "trace.zip"


def test_two_runs_of_one_second_do_not_share(tmp_path: Path) -> None:
    assert create(tmp_path).path != create(tmp_path).path


def test_latest_is_the_newest(tmp_path: Path) -> None:
    create(tmp_path, seed=1)
    newest = create(tmp_path, seed=2)
    latest = tmp_path / "latest"
    assert latest.resolve() == newest.path.resolve()
    assert not latest.readlink().is_absolute()


def test_the_log_grows_and_is_never_rewritten(tmp_path: Path) -> None:
    run_folder.append_log(tmp_path, {"verdict": "pass"})
    run_folder.append_log(tmp_path, {"verdict": "unknown"})
    assert [line["verdict"] for line in jsonl.read(tmp_path / "log.jsonl")] == ["pass", "unknown"]


def test_dropped_traces_leave_their_digests(tmp_path: Path) -> None:
    folder = create(tmp_path)
    folder.participant("a").trace.write_bytes(b"trace")
    assert folder.drop_traces() == {"participants/a/trace.zip": hashlib.sha256(b"trace").hexdigest()}
    assert not folder.participant("a").trace.exists()


def test_exports_are_copied_by_episode(tmp_path: Path) -> None:
    folder = create(tmp_path)
    source = tmp_path / "ep0" / "seat1.csv"
    source.parent.mkdir()
    source.write_text("frame\n", encoding="utf-8")
    folder.copy_exports("b", [source])
    assert (folder.participant("b").exports / "ep0" / "seat1.csv").read_text(encoding="utf-8") == "frame\n"


def test_a_tree_digest_sees_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "x.js").write_text("1", encoding="utf-8")
    first = run_folder.tree_digest(tmp_path, ["client"])
    (tmp_path / "client" / "x.js").write_text("2", encoding="utf-8")
    second = run_folder.tree_digest(tmp_path, ["client"])
    (tmp_path / "client" / "x.js").rename(tmp_path / "client" / "y.js")
    assert len({first, second, run_folder.tree_digest(tmp_path, ["client"])}) == 3
    assert run_folder.tree_digest(None, ["client"]) == "unknown"


def test_the_environment_names_what_ran() -> None:
    environment = run_folder.environment(
        browser="140.0", versions={"toxiproxy": "x"}, root=run_folder.repository_root()
    )
    assert environment["browser"] == "140.0"
    assert environment["versions"]["toxiproxy"] == "x"
    assert len(environment["harness_digest"]) == 64
    assert environment["cores"] >= 1


def test_a_history_is_never_written_over(tmp_path: Path) -> None:
    from igym_harness.history import History

    history = History()
    history.add(2.0, "a", "later")
    history.add(1.0, "server", "earlier", {"kind": "other", "x": 1})
    history.add(None, "server", "undated")
    history.write(tmp_path / "history.jsonl")
    lines = jsonl.read(tmp_path / "history.jsonl")
    assert [line["kind"] for line in lines] == ["undated", "earlier", "later"]
    assert lines[1] == {"t_ms": 1.0, "source": "server", "kind": "earlier", "x": 1}
    with pytest.raises(FileExistsError):
        history.write(tmp_path / "history.jsonl")
