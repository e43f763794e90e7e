"""The command `igym`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from igym import assets, chaos_command, loading, runtime, serving, turn
from igym import compare as comparing
from igym.app import Options, Server
from igym.certify import Certifier, CertifyError
from igym.errors import IgymError
from igym.exports import Exporter
from igym.store import Store

USAGE_EXIT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0; 2 with one line on stderr for a mistake of the user; `igym chaos` has its own (chaos_command)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["chaos"]:
        return chaos_command.run(given[1:])
    options = parser().parse_args(given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        return int(COMMANDS[options.command](options))
    except IgymError as error:
        sys.stderr.write(f"igym: {error}\n")
        return USAGE_EXIT


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="igym", description="Multiplayer browser experiments in Python, bit-identical on every side."
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("chaos", help="break experiments on purpose: `igym chaos --list`", add_help=False)
    one = commands.add_parser(
        "serve",
        help="serve an experiment until Ctrl-C",
        description="Serve an experiment. Participants open the printed address; data lands below --data-dir.",
    )
    one.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        help="a Python file that assigns `experiment`, or a shipped example: kitchen, volley, forage, heavy",
    )
    one.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)")
    one.add_argument("--port", type=int, default=8000, help="port to listen on; 0 takes a free one (default 8000)")
    one.add_argument(
        "--data-dir", type=Path, default=Path("data"), metavar="DIR", help="where data goes (default ./data)"
    )
    one.add_argument(
        "--pyodide",
        type=Path,
        metavar="DIR",
        help="another Pyodide distribution, for example an unpacked full release with NumPy",
    )
    one.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SCENE.OPTION=VALUE",
        help="change an option of a scene, for example kitchen.max_steps=600",
    )
    one.add_argument("--seed", type=int, help="make the sessions' seeds repeatable")
    one.add_argument(
        "--profile",
        choices=["production", "test"],
        default="production",
        help="test: with a hook for the chaos harness in every page",
    )
    one.add_argument("--nonce", default="", help="text that /healthz repeats, to tell this server from another")
    one.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="written when the server listens: its address, port, process id and nonce",
    )
    one.add_argument(
        "--stun", action="append", default=[], metavar="URL", help="a STUN server, stun:HOST:PORT; may be repeated"
    )
    one.add_argument(
        "--turn",
        action="append",
        default=[],
        metavar="URL",
        help="a TURN server, turn:HOST:PORT?transport=udp; may be repeated",
    )
    one.add_argument(
        "--turn-secret-file", type=Path, metavar="FILE", help="its first line is coturn's static-auth-secret"
    )
    one.add_argument("--relay-only", action="store_true", help="never let browsers talk directly")
    one.add_argument("--no-certify", action="store_true", help="do not re-simulate sessions when they are over")
    two = commands.add_parser(
        "certify",
        help="play a session's confirmed inputs again and compare every row",
        description="Exit code 0: every row came out the same; 1: not, or no verdict; 2: unusable. Needs Node: pip install 'igym[certify]'.",
    )
    two.add_argument("session", metavar="SESSION", help="the session's id, 16 hex characters")
    two.add_argument(
        "--data-dir", type=Path, default=Path("data"), metavar="DIR", help="where data is (default ./data)"
    )
    two.add_argument(
        "--pyodide",
        type=Path,
        metavar="DIR",
        help="the Pyodide distribution that the server used, if not the shipped one",
    )
    three = commands.add_parser(
        "compare",
        help="compare data files cell by cell",
        description="Exit code 0: equal; 1: different; 2: unusable. A folder (of an episode or a session) compares its seats, and CSV with Parquet.",
    )
    three.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="two or more data files, or one folder")
    three.add_argument(
        "--json",
        action="store_true",
        help="answer for machines, also when unusable (error); NaN, infinities, bytes and times are texts",
    )
    return made


def compare(options: argparse.Namespace) -> int:
    """Raises IgymError for what cannot be compared."""
    try:
        found = comparing.compare(options.paths)
    except comparing.CompareError as error:
        if options.json:
            sys.stdout.write(comparing.error_text(error))
        raise
    sys.stdout.write(comparing.text(found, as_json=options.json))
    return 0 if all(one.problem is None for one in found) else 1


def certify(options: argparse.Namespace) -> int:
    """Raises IgymError for a session that is not there."""
    data = options.data_dir.resolve()
    found = assets.find(options.pyodide)
    for file in sorted(data.glob("*/igym.sqlite3")):
        try:
            result = _certified(file, data, found, options.session)
        except sqlite3.DatabaseError as error:
            raise CertifyError(f"{file} cannot be read ({error}); put a whole copy in its place") from error
        if result is None:
            continue
        for one in result["episodes"]:
            speed = one.get("speed", {}).get("timesRealTime")
            told = (
                "certified" if one["certified"] else f"NOT certified: {one['reason']} {one.get('detail', '')}".rstrip()
            )
            sys.stdout.write(
                f"episode {one['episode']}: {one['frames']} frames, {told}{f', {speed:.0f} times real time' if speed else ''}\n"
            )
        return 0 if result["certified"] else 1
    raise CertifyError(
        f"no session {options.session} below {data}; give --data-dir the folder that `igym serve` wrote to"
    )


def _certified(file: Path, data: Path, found: assets.Assets, session: str) -> dict[str, Any] | None:
    """None if the database does not hold the session."""
    store = Store(file)
    try:
        if store.session(session) is None:
            return None
        certifier = Certifier(store, Exporter(store, data, file.parent.name), file.parent / "builds", found)
        return asyncio.run(certifier.session(session))
    finally:
        store.close()


def serve(options: argparse.Namespace) -> int:
    """Everything is checked before the socket opens. Raises IgymError."""
    secret = turn.read_secret(options.turn_secret_file)
    reach = turn.Reach(options.stun, options.turn, secret, options.relay_only)
    found = assets.find(options.pyodide)
    loaded = loading.load(options.experiment, found.examples)
    for setting in options.set:
        loaded = replace(loaded, experiment=loaded.experiment.with_option(setting))
    prepared = runtime.prepare(loaded, found)
    listening = serving.listen(options.host, options.port)
    nonce = options.nonce or secrets.token_hex(8)
    server = Server(
        loaded,
        prepared,
        found,
        Options(
            options.data_dir.resolve(),
            options.profile,
            options.seed,
            nonce,
            certify=not options.no_certify,
            reach=reach,
        ),
    )
    asyncio.run(serving.run(server, listening, host=options.host, nonce=nonce, ready_file=options.ready_file))
    return 0


COMMANDS = MappingProxyType({"serve": serve, "certify": certify, "compare": compare})


if __name__ == "__main__":
    sys.exit(main())
