"""DAT: files are what researchers were promised, and inputs travelled between the browsers only (chaos handbook 7)."""

from __future__ import annotations

import re
from typing import Any

from igym_harness.comparison import cell_key, show
from igym_harness.evidence import CsvTable, Evidence, Finding, Table, holds, no_data, violated

INTEGERS = frozenset({"int8", "int16", "int32", "int64"})
TEXTS = frozenset({"string", "large_string"})
TEXT_OR_INTEGER = INTEGERS | TEXTS
BOOLEANS = frozenset({"bool"})
FLOATS = frozenset({"double"})
HASH = re.compile(r"[0-9a-f]{16}")
IDENTITY = ("experiment_id", "scene_id", "session_id")
ONCE = {
    "schema_version": INTEGERS,
    "experiment_id": TEXTS,
    "scene_id": TEXTS,
    "session_id": TEXTS,
    "episode": INTEGERS,
    "frame": INTEGERS,
    "state_hash": TEXTS,
}
PER_SEAT = {
    "actions": TEXT_OR_INTEGER,
    "rewards": FLOATS,
    "terminateds": BOOLEANS,
    "truncateds": BOOLEANS,
    "isFocused": BOOLEANS,
    "inputAuto": BOOLEANS,
    "obs_hash": TEXTS,
}
# The largest input delay: that many frames at an episode's edge need not travel.
FRAMES_WITHOUT_INPUT = 16
INPUT_EVENT = re.compile(r"(?:game|p2p|player|seat)?_?(?:input|action)s?(?:_(?:packet|request|fill|relay))?")
INPUT_LOGGED = re.compile(
    r"\b(?:event|emit|emitting|received|handler)\b\W{0,4}(?:event\W{1,3})?" + INPUT_EVENT.pattern + r"(?![\w-])"
)
LINK_MAY_BE_CLOSED = ("done", "confirming")


def dat_1(evidence: Evidence) -> Finding:
    """Every file parses, has the schema's columns and types, belongs together with the others, and CSV = Parquet."""
    check = "DAT-1"
    for episode in range(evidence.episodes):
        for name in evidence.participants:
            if (episode, name) in evidence.tables:
                continue
            if (episode, name) in evidence.seals or evidence.outcomes.get(name) == "completed":
                return violated(
                    check,
                    f"episode {episode}: {name} completed, but no readable Parquet file is there",
                    episode=episode,
                    participant=name,
                )
    if not evidence.tables:
        return no_data(check, "no data file was written")
    identities: dict[str, set[Any]] = {column: set() for column in IDENTITY}
    for (episode, name), table in sorted(evidence.tables.items()):
        where = {"episode": episode, "seat": evidence.seat_of.get(name)}
        twin = evidence.csv.get((episode, name))
        if twin is None:
            return no_data(check, f"episode {episode}, {name}: no CSV twin was read")
        if (
            problem := schema_problem(table, seats=evidence.seats)
            or _content_problem(table, episode)
            or csv_problem(table, twin)
        ):
            column, message = problem
            return violated(check, f"episode {episode}, {name}: {message}", **where, column=column, file=table.path)
        for column in IDENTITY:
            identities[column] |= set(table.columns[column])
    if mixed := [column for column, values in identities.items() if len(values) > 1]:
        return violated(
            check, f"files of different origin: {mixed[0]} is {sorted(map(str, identities[mixed[0]]))}", column=mixed[0]
        )
    return holds(check, f"{len(evidence.tables)} files match the schema, CSV and Parquet alike")


def dat_4(evidence: Evidence) -> Finding:
    """Inputs travelled peer to peer only: none at the server, every link open and used in both directions."""
    check = "DAT-4"
    for event in evidence.server_events:
        kind = str(event.get("kind") or event.get("event") or "")
        if INPUT_EVENT.fullmatch(kind):
            return violated(check, f"the server handled the event {kind!r}: inputs went through it", event=kind)
    for number, line in enumerate(evidence.server_log):
        if INPUT_LOGGED.search(line):
            return violated(
                check, f"server log line {number + 1} shows an input event: {line.strip()}", line=number + 1
            )
    if evidence.seats < 2:
        return holds(check, "one seat: nothing to exchange")
    if blind := [name for name in evidence.participants if not evidence.worker(name)]:
        return no_data(check, f"no worker status of {', '.join(blind)}")
    if not evidence.participants:
        return no_data(check, "nobody took part")
    for name in evidence.participants:
        if problem := _link_problem(evidence, name):
            peer, message = problem
            return violated(check, f"{name}: {message}", participant=name, seat=peer)
    return holds(
        check,
        f"{len(evidence.participants) * (evidence.seats - 1)} link ends carried inputs both ways; none at the server",
    )


def schema_problem(table: Table, *, seats: int) -> tuple[str, str] | None:
    """(column, what is wrong) with names and types (requirements 23.2)."""
    required = {**ONCE, **{f"{base}.{seat}": kinds for base, kinds in PER_SEAT.items() for seat in range(seats)}}
    for column, kinds in required.items():
        if column not in table.columns:
            return column, f"the column {column} is missing"
        if table.types[column] not in kinds:
            return column, f"the column {column} is {table.types[column]}, not {' or '.join(sorted(kinds))}"
    optional = re.compile(r"infos\.\d+\..+|(?:terminateds|truncateds)\.__all__")
    if strange := [column for column in table.columns if column not in required and not optional.fullmatch(column)]:
        return strange[0], f"the column {strange[0]} is not in the schema"
    return None


def csv_problem(table: Table, twin: CsvTable) -> tuple[str, str] | None:
    """(column, what differs) between a Parquet file and its CSV twin.

    CSV cannot tell null from empty text; nothing else is forgiven.
    """
    if twin.header != list(table.columns):
        return "", f"CSV header {twin.header} is not the Parquet columns {list(table.columns)}"
    if len(twin.records) != table.rows:
        return "", f"CSV has {len(twin.records)} rows, Parquet {table.rows}"
    for row, record in enumerate(twin.records):
        if len(record) != len(twin.header):
            return "", f"CSV row {row} has {len(record)} cells, not {len(twin.header)}"
        for column, text in zip(twin.header, record, strict=True):
            value = table.columns[column][row]
            if not _same_in_csv(text, value):
                return column, f"row {row}, column {column}: CSV has {text!r}, Parquet {show(value)}"
    return None


def _same_in_csv(text: str, value: Any) -> bool:
    if value is None or text == "":
        return text == "" and value in (None, "")
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, str):
        return text == value
    try:
        return cell_key(type(value)(text)) == cell_key(value)
    except ValueError:
        return False


def _content_problem(table: Table, episode: int) -> tuple[str, str] | None:
    """Cells that every row must have, whatever the environment."""
    for column, values in table.columns.items():
        if column.startswith("infos."):
            continue
        if None in values:
            return column, f"column {column} is null in row {values.index(None)}"
        if column.startswith(("state_hash", "obs_hash")):
            bad = next((row for row, value in enumerate(values) if not HASH.fullmatch(value)), None)
            if bad is not None:
                return column, f"column {column} has {values[bad]!r} in row {bad}, not 16 hex characters"
    if set(table.columns["episode"]) - {episode}:
        return "episode", f"rows of episode {sorted(set(table.columns['episode']))} in the file of episode {episode}"
    return None


def _link_problem(evidence: Evidence, name: str) -> tuple[int | None, str] | None:
    """(peer's seat, what is wrong) with one participant's links, by its own counters of the last episode.

    The counters are those of the last look at the page: rows that it made after that do not count.
    """
    worker = evidence.worker(name)
    links = {link.get("seat"): link for link in worker.get("links") or ()}
    own_seat = evidence.seat_of.get(name)
    last = evidence.tables.get((evidence.begun_episodes[-1], name)) if evidence.begun_episodes else None
    rows = min(last.rows, int(worker.get("frame") or 0)) if last else 0
    needed = max(1, rows - FRAMES_WITHOUT_INPUT)
    for seat in range(evidence.seats):
        if seat == own_seat:
            continue
        link = links.get(seat)
        if link is None:
            return seat, f"no link to seat {seat}"
        if not link.get("open") and worker.get("state") not in LINK_MAY_BE_CLOSED:
            return seat, f"the link to seat {seat} is closed while the game is {worker.get('state')!r}"
        for counter in ("sentInputs", "receivedInputs"):
            if link.get(counter, 0) < needed:
                return (
                    seat,
                    f"link to seat {seat}: {counter} is {link.get(counter, 0)}, at least {needed} were needed",
                )
    return None
