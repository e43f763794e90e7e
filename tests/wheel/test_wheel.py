"""What a researcher gets from pip: an experiment that serves, plays and stores, with nothing else on the machine."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pyarrow.parquet as parquet
import pytest
from playwright.async_api import Browser, Page, async_playwright

from igym_harness.browser import launch, own_executable
from igym_harness.deadline import until
from igym_harness.parts import find_browser
from igym_harness.server_process import ServerProcess

FRAMES = 150
KEYS = ("ArrowUp", "ArrowRight", "Space", "ArrowDown", "ArrowLeft")
STEP_S = 60.0


class Installed(Protocol):
    """The fixture of conftest.py."""

    python: Path

    def environ(self, *, network: bool) -> dict[str, str]: ...


def test_the_environment_has_neither_node_nor_go(installed: Installed) -> None:
    path = installed.environ(network=False)["PATH"]
    assert [shutil.which(name, path=path) for name in ("node", "npm", "go")] == [None, None, None]


def test_the_guard_forbids_the_network(installed: Installed) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run(  # noqa: S603 - ours
        [str(installed.python), "-c", code],
        env=installed.environ(network=False),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "no network at run time" in done.stderr


def test_no_planted_bug_is_shipped(request: pytest.FixtureRequest) -> None:
    with zipfile.ZipFile(request.config.getoption("--wheel")) as wheel:
        names = wheel.namelist()
        assert len(names) > 200
        assert not [name for name in names if "planted" in name or name.endswith(("planting.py", "bugs.toml"))]
        ours = [name for name in names if name.startswith("igym") and name.endswith((".py", ".js", ".toml"))]
        assert not [name for name in ours if b"planting" in wheel.read(name)]


def test_help_reads_well(installed: Installed) -> None:
    done = subprocess.run(  # noqa: S603 - ours
        [str(installed.python.parent / "igym"), "serve", "--help"],
        env=installed.environ(network=False),
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(
        word in done.stdout
        for word in ("EXPERIMENT", "--port", "--data-dir", "--pyodide", "kitchen, volley, forage, heavy")
    )


async def test_two_browsers_play_an_episode_of_an_example(installed: Installed, tmp_path: Path) -> None:
    session = await played(installed, "kitchen", tmp_path, network=False)
    assert_equal(session, rows=FRAMES)


async def test_an_environment_imports_a_package_of_the_index(installed: Installed, tmp_path: Path) -> None:
    """Fetched at the first start; the second start needs no network."""
    for attempt, network in enumerate((True, False)):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        session = await played(installed, "forage", folder, network=network)
        assert_equal(session, rows=FRAMES)


def assert_equal(session: Path, *, rows: int) -> None:
    """Every column of both seats, without tolerance: Parquet's own bytes are the same."""
    first, second = (session / "ep0" / f"seat{seat}.parquet" for seat in (0, 1))
    one, other = parquet.read_table(first), parquet.read_table(second)
    assert one.num_rows == rows
    assert one.schema == other.schema
    assert one.equals(other)
    assert first.read_bytes() == second.read_bytes()


async def played(installed: Installed, example: str, data: Path, *, network: bool) -> Path:
    """Serves the example, lets two browsers play it to the end, and returns the session's folder."""
    nonce = secrets.token_hex(8)
    command = [str(installed.python.parent / "igym"), "serve", example, "--port", "0", "--data-dir", str(data)]
    command += ["--nonce", nonce, "--ready-file", str(data / "ready.json"), "--set", f"{example}.max_steps={FRAMES}"]
    server = ServerProcess(
        command,
        nonce=nonce,
        ready_file=data / "ready.json",
        log=data / "log.txt",
        environ=installed.environ(network=network),
    )
    try:
        await server.start(timeout_s=STEP_S)
        await play(server.url)
        await until(lambda: bool(sealed(data)), timeout_s=10, reason="the data files")
    finally:
        stopped = await server.stop()
    assert stopped.returncode == 0, "\n".join(server.log_lines())
    return sealed(data)[0]


def sealed(data: Path) -> list[Path]:
    """Folders of the sessions whose first episode is written."""
    return [path.parents[1] for path in data.glob("*/*/*/ep0/seal.json")]


async def play(url: str) -> None:
    """Two participants, whose pages may talk to this server only."""
    strangers: list[str] = []
    async with async_playwright() as playwright:
        browser = await launch(playwright, find_browser(None, own=own_executable(playwright)))
        try:
            pages = [await opened(browser, url, strangers) for _ in range(2)]
            await asyncio.gather(*(through(page) for page in pages))
        finally:
            await browser.close()
    assert not strangers, f"pages asked other hosts: {strangers}"


async def opened(browser: Browser, url: str, strangers: list[str]) -> Page:
    page = await (await browser.new_context()).new_page()
    page.on("request", lambda request: strangers.append(request.url) if foreign(request.url, url) else None)
    await page.goto(url)
    return page


def foreign(address: str, url: str) -> bool:
    return (
        urlsplit(address).scheme in ("http", "https", "ws", "wss") and urlsplit(address).netloc != urlsplit(url).netloc
    )


async def through(page: Page) -> None:
    """From the begin page to the completion code, pressing keys on the way."""
    await page.click("#begin")
    await page.click("#continue", timeout=STEP_S * 1000)
    await at(page, "playing")
    for turn in range(FRAMES):
        await page.keyboard.press(KEYS[turn % len(KEYS)], delay=60)
        if await state(page) != "playing":
            break
    await at(page, "finished")
    assert len((await page.text_content("#code") or "").strip()) == 8


async def state(page: Page) -> str | None:
    found: str | None = await page.evaluate("document.body.dataset.state ?? null")
    return found


async def at(page: Page, wanted: str) -> None:
    async def there() -> bool:
        return await state(page) == wanted

    await until(there, timeout_s=STEP_S, reason=f"the page to be {wanted}")
