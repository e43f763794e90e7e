"""A server's life, with a tiny script in its place."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from igym_harness.audit import accepts
from igym_harness.clock import measure
from igym_harness.errors import DeadlineError, HarnessError, UsageError
from igym_harness.server_process import Serve, ServerProcess, Stopped, check_source, command

SERVER = """
import http.server, json, os, signal, sys, time
ready_file, nonce, manner = sys.argv[1:4]
print("hello from the server", flush=True)
if manner == "dies":
    sys.exit("no such experiment")
if manner == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answer = {"ready": True, "nonce": "other" if manner == "stranger" else nonce}
        answer |= {"build_id": "b1", "monotonic_ms": time.monotonic() * 1000}
        body = json.dumps(answer).encode()
        self.send_response(200); self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
port = server.server_address[1]
with open(ready_file + ".new", "w") as file:
    json.dump({"url": f"http://127.0.0.1:{port}/", "port": port, "pid": os.getpid(), "nonce": nonce}, file)
os.replace(ready_file + ".new", ready_file)
server.serve_forever()
"""


def fake(folder: Path, manner: str) -> ServerProcess:
    script, ready = folder / "server.py", folder / "ready.json"
    script.write_text(SERVER, encoding="utf-8")
    arguments = [sys.executable, str(script), str(ready), "n1", manner]
    return ServerProcess(arguments, nonce="n1", ready_file=ready, log=folder / "stdout.log")


async def test_a_server_starts_answers_and_stops(tmp_path: Path) -> None:
    server = fake(tmp_path, "good")
    await server.start()
    pid, port = server.pid, server.port
    assert pid is not None
    assert server.build_id == "b1"
    offset = await measure(server.monotonic_ms, exchanges=5)
    assert abs(offset.offset_ms) <= offset.error_ms + 1.0
    stopped = await server.stop()
    assert (stopped.returncode, stopped.killed) == (0, False)
    assert await server.stop() == stopped
    assert not accepts(port)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert server.log_lines() == ["hello from the server"]


async def test_a_server_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    server = fake(tmp_path, "stubborn")
    await server.start()
    stopped = await server.stop(term_s=0.2)
    assert (stopped.returncode, stopped.killed) == (-9, True)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0)])
async def test_a_server_that_is_ended_by_a_signal_says_how(tmp_path: Path, number: int, exit_code: int) -> None:
    server = fake(tmp_path, "good")
    await server.start()
    assert await server.end(number) == exit_code
    assert server.exit_code == exit_code
    assert await server.stop() == Stopped(exit_code, killed=False)


async def test_a_server_that_ignores_the_signal_to_end_is_an_error(tmp_path: Path) -> None:
    server = fake(tmp_path, "stubborn")
    await server.start()
    with pytest.raises(DeadlineError, match="the server to end after SIGTERM"):
        await server.end(signal.SIGTERM, timeout_s=0.2)
    await server.stop(term_s=0.2)


async def test_a_server_that_ends_early_shows_its_log(tmp_path: Path) -> None:
    server = fake(tmp_path, "dies")
    with pytest.raises(HarnessError, match=r"exit code 1 before the server's ready-file(.|\n)*no such experiment"):
        await server.start()
    await server.stop()


async def test_another_server_on_the_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    server = fake(tmp_path, "stranger")
    with pytest.raises(HarnessError, match="it is not our server"):
        await server.start()
    await server.stop()


def test_the_command_line_is_the_servers_own() -> None:
    serve = Serve("kitchen", Path("data"), Path("ready.json"), "n1", 7, {"kitchen.max_steps": 600})
    head = ["python", "-m", "igym", "serve", "kitchen", "--port", "0", "--profile", "test"]
    tail = ["--nonce", "n1", "--ready-file", "ready.json", "--seed", "7", "--set", "kitchen.max_steps=600"]
    assert command(serve, python="python") == [*head, "--data-dir", "data", *tail]


def test_what_is_no_copy_of_the_source_tree_is_refused(tmp_path: Path) -> None:
    """The server would come from the own tree, and a planted bug would pass."""
    for folder in ("platform/src", "client/pyodide/src"):
        (tmp_path / folder).mkdir(parents=True)
    check_source(None)
    with pytest.raises(UsageError, match="is no copy of the source tree: client/src is not there"):
        check_source(tmp_path)
    (tmp_path / "client" / "src").mkdir()
    check_source(tmp_path)
