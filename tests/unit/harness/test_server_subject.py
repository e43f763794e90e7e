"""The server as the target of a fault: it ends as planned, its database is read, and the next one stands on the same port."""

from __future__ import annotations

import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from igym_chaos.errors import InjectorError
from igym_harness import stage as stage_module
from igym_harness.options import Options
from igym_harness.server_process import Serve
from igym_harness.server_subject import ServerSubject
from igym_harness.stage import Stage
from igym_harness.store_look import DATABASE

SERVER = """
import http.server, json, os, signal, sys
ready_file, nonce, port = sys.argv[1:4]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"ready": True, "nonce": nonce, "pid": os.getpid()})
    def do_POST(self):
        wanted = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer({"writes": 5, "write_errors": len(wanted)}, 400 if "nonsense" in wanted else 200)
    def answer(self, value, status=200):
        self.send_response(status); self.end_headers(); self.wfile.write(json.dumps(value).encode())
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", int(port)), Handler)
port = server.server_address[1]
with open(ready_file + ".new", "w") as file:
    json.dump({"url": f"http://127.0.0.1:{port}/", "port": port, "pid": os.getpid(), "nonce": nonce}, file)
os.replace(ready_file + ".new", ready_file)
server.serve_forever()
"""
CHUNK = ("s1", 0, 1, 3, "digest")


def data_of(folder: Path) -> Path:
    """With a database as the server makes it, and a chunk that is in its write-ahead log only."""
    study = folder / "data" / "study"
    study.mkdir(parents=True)
    with closing(sqlite3.connect(study / DATABASE)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE chunks (session_id TEXT, episode INTEGER, seat INTEGER, seq INTEGER, sha256 TEXT)")
    return folder / "data"


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """With a server of ours that does little."""
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")

    def command(serve: Serve) -> list[str]:
        return [sys.executable, str(script), str(serve.ready_file), serve.nonce, str(serve.port)]

    monkeypatch.setattr(stage_module, "command", command)
    made = Stage(Options(runs=tmp_path / "runs"), proxied=())
    serve = Serve("any", tmp_path / "data", tmp_path / "ready.json", "first", 1)
    made._serve = serve
    made.server = made._process(serve, tmp_path / "stdout.log")
    await made.server.start()
    yield made
    await made.server.stop(term_s=0.5)


async def test_after_a_kill_the_next_server_has_the_port_and_a_name_of_its_own(stage: Stage, tmp_path: Path) -> None:
    assert stage.server is not None
    subject = ServerSubject(stage, data_of(tmp_path))
    first, port = await subject.identity(), stage.server.port
    assert first is not None
    writer = sqlite3.connect(subject.database, isolation_level=None)
    writer.execute("INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", CHUNK)
    assert await subject.end(signal.SIGKILL) == -signal.SIGKILL
    assert not stage.server_died, "it was planned"
    assert await subject.identity() is None
    assert [store.chunks for store in stage.stores] == [frozenset({CHUNK})]
    assert writer.execute("SELECT count(*) FROM chunks").fetchone() == (1,)
    writer.close()
    await subject.start()
    second = await subject.identity()
    assert second is not None
    assert (second.pid != first.pid, second.nonce != first.nonce, stage.server.port) == (True, True, port)
    await subject.start()
    assert await subject.identity() == second, "it runs: nothing is to be started"


async def test_the_next_server_may_not_die_either(stage: Stage, tmp_path: Path) -> None:
    subject = ServerSubject(stage, tmp_path / "data")
    await subject.end(signal.SIGTERM)
    assert stage.stores == [], "there is no database"
    await subject.start()
    assert stage.server is not None
    assert not stage.server_died
    await stage.server.end(signal.SIGKILL)
    assert stage.server_died


async def test_the_counters_come_with_the_answer_of_the_hook(stage: Stage, tmp_path: Path) -> None:
    subject = ServerSubject(stage, tmp_path / "data")
    assert await subject.hinder(delay_ms=5.0) == {"writes": 5.0, "write_errors": 1.0}
    with pytest.raises(InjectorError, match=r"cannot be set to .*nonsense.* answered 400"):
        await subject.hinder(nonsense=True)


async def test_a_server_that_does_not_end_is_an_error_of_the_injector(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("igym_harness.server_process.ServerProcess.end.__defaults__", (0.2,))
    assert stage.server is not None
    stage.server.signal(signal.SIGSTOP)
    with pytest.raises(InjectorError, match="the server to end after SIGTERM"):
        await ServerSubject(stage, tmp_path / "data").end(signal.SIGTERM)
    stage.server.signal(signal.SIGCONT)
