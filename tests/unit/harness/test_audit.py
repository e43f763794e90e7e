"""Processes, ports and folders that were left behind."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from igym_harness.audit import Audit


def test_a_process_is_followed_even_when_its_parent_ended() -> None:
    audit = Audit()
    grandparent = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=0); "
        "print(child.pid, flush=True); child.wait()"
    )
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", grandparent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    audit.look()
    child.kill()
    child.wait()
    child.stdout.close()
    assert any(f"process {pid} " in line for line in audit.leftovers())
    child.stdin.close()  # the grandchild's input ends, so it does
    while any(f"process {pid} " in line for line in audit.leftovers()):
        pass
    assert audit.leftovers() == ()


def test_an_open_port_and_a_folder_are_named(tmp_path: Path) -> None:
    audit = Audit()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        audit.ports["proxy of a"] = listening.getsockname()[1]
        audit.folders += [tmp_path, tmp_path / "gone"]
        port, folder = audit.leftovers()
    assert port.endswith("(proxy of a) still accepts")
    assert folder == f"folder {tmp_path}"
    audit.folders.clear()
    assert audit.leftovers() == ()
