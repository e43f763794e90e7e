import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_AHEAD_FRAMES, Session } from "../../src/core/session.js";
import { brief, makeSession, press, tick } from "../support/inputs.js";

test("the confirmed frame is the minimum over all seats, the own inputs included", () => {
  const session = makeSession({ seats: 3 });
  assert.equal(session.confirmedFrame, -1);
  session.addLocalInput(0, press(1));
  session.addRemoteInputs(1, 0, [press(1), press(1)]);
  assert.equal(session.confirmedFrame, -1);
  session.addRemoteInputs(2, 0, [press(1), press(1), press(1)]);
  assert.equal(session.confirmedFrame, 0);
});

test("with a delay the idle frames before it are confirmed at the start", () => {
  assert.equal(makeSession({ inputDelayFrames: 2 }).confirmedFrame, 1);
});

test("unknown inputs are predicted and the frame says so", () => {
  const session = makeSession();
  session.addRemoteInputs(1, 0, [press(3)]);
  assert.deepEqual(brief(tick(session, 1).requests), ["advance 0 1c 3c", "save 1", "final 0"]);
  assert.deepEqual(brief(tick(session, 2).requests), ["advance 1 2c 3p", "save 2"]);
});

test("a wrong prediction: load, re-advance, save, then the normal advance and the release, in one call", () => {
  const session = makeSession();
  for (let frame = 0; frame < 3; frame += 1) tick(session);
  session.addRemoteInputs(1, 0, [press(0), press(4)]);
  assert.equal(session.pendingRollback, true);
  const result = tick(session);
  assert.deepEqual(brief(result.requests), [
    "load 1", "advance 1 1c 4c", "save 2", "advance 2 1c 4p", "save 3", "advance 3 1c 4p", "save 4", "final 0", "final 1", "release 1",
  ]);
  assert.deepEqual(result.rollback, { to: 1, depth: 2, seat: 1, predicted: press(0), actual: press(4) });
  assert.deepEqual([result.advanced, result.stalled, session.pendingRollback], [true, false, false]);
});

test("two seats wrong at different frames cause one rollback, to the lower frame", () => {
  const session = makeSession({ seats: 3 });
  for (let frame = 0; frame < 3; frame += 1) tick(session);
  session.addRemoteInputs(1, 0, [press(0), press(0), press(4)]);
  session.addRemoteInputs(2, 0, [press(0), press(5)]);
  const { rollback } = tick(session);
  assert.deepEqual([rollback?.to, rollback?.seat, rollback?.depth], [1, 2, 2]);
  assert.equal(session.stats.rollbacks, 1);
  assert.equal(tick(session).rollback, null);
});

test("a right prediction costs nothing", () => {
  const session = makeSession();
  for (let frame = 0; frame < 3; frame += 1) tick(session);
  session.addRemoteInputs(1, 0, [press(0), press(0), press(0)]);
  assert.equal(tick(session).rollback, null);
});

test("a corrected prediction is predicted anew from the newest confirmed input", () => {
  const session = makeSession();
  for (let frame = 0; frame < 3; frame += 1) tick(session);
  session.addRemoteInputs(1, 0, [press(4)]);
  tick(session);
  session.addRemoteInputs(1, 1, [press(4), press(4), press(4)]);
  assert.equal(session.pendingRollback, false, "the re-simulation already used 4");
});

test("the prediction limit stalls, and a stall neither loses nor duplicates the own input", () => {
  const session = makeSession({ predictionLimitFrames: 3 });
  const advanced = [];
  for (let now = 0; now < 6; now += 1) {
    const { from, to } = session.ownInputsDue;
    for (let frame = from; frame < to; frame += 1) session.addLocalInput(frame, press(now));
    const result = session.advance();
    advanced.push(result.advanced);
    assert.equal(result.stalled, !result.advanced);
  }
  assert.deepEqual(advanced, [true, true, true, false, false, false]);
  assert.equal(session.stats.stalls, 3);
  assert.throws(() => session.addLocalInput(3, press(9)), /own input of frame 3: given before after frame 3/);
  session.addRemoteInputs(1, 0, [press(0)]);
  assert.equal(session.advance().advanced, true);
  assert.deepEqual(session.outgoing(1).inputs.map(({ action }) => action), [0, 1, 2, 3]);
});

test("the limit can be changed in play", () => {
  const session = makeSession({ predictionLimitFrames: 1 });
  tick(session);
  assert.equal(tick(session).stalled, true);
  session.setPredictionLimit(4);
  assert.equal(tick(session).advanced, true);
  assert.throws(() => session.setPredictionLimit(0), /prediction limit is 0; 1..600 frames/);
});

test("a raised input delay asks for the frames between, a lowered one for none until play caught up", () => {
  const session = makeSession({ inputDelayFrames: 1 });
  session.addRemoteInputs(1, 1, Array.from({ length: 20 }, () => press(0)));
  tick(session);
  session.setInputDelay(3);
  assert.deepEqual(session.ownInputsDue, { from: 2, to: 5 });
  tick(session);
  session.setInputDelay(0);
  assert.deepEqual(session.ownInputsDue, { from: 5, to: 3 });
  for (let frame = 2; frame < 5; frame += 1) tick(session);
  assert.deepEqual(session.ownInputsDue, { from: 5, to: 6 });
  assert.equal(session.inputLog(9).length, 5);
  assert.throws(() => session.setInputDelay(61), /input delay is 61; 0..60 frames/);
});

test("a rollback is still carried out in a stall", () => {
  const session = makeSession({ seats: 3, predictionLimitFrames: 2 });
  for (let now = 0; now < 4; now += 1) tick(session);
  session.addRemoteInputs(1, 0, [press(4)]);
  const result = tick(session);
  assert.deepEqual([result.rollback?.to, result.advanced, result.stalled], [0, false, true]);
  assert.deepEqual(brief(result.requests), ["load 0", "advance 0 1c 4c 0p", "save 1", "advance 1 1c 4p 0p", "save 2"]);
});

test("an advance without the own input is our own error", () => {
  assert.throws(() => makeSession().advance(), /advance of frame 0 before its own input \(given: -1\)/);
});

test("endFrame holds the first simulation of that frame, not the rollbacks, and is no stall", () => {
  const session = makeSession();
  for (let frame = 0; frame < 3; frame += 1) tick(session);
  const held = tick(session, 1, { endFrame: 3 });
  assert.deepEqual([held.advanced, held.stalled, held.requests], [false, false, []]);
  session.addRemoteInputs(1, 0, [press(0), press(0), press(4)]);
  assert.deepEqual(brief(tick(session, 1, { endFrame: 3 }).requests), ["load 2", "advance 2 1c 4c", "save 3", "final 0", "final 1", "final 2", "release 2"]);
  assert.equal(tick(session, 1, { endFrame: null }).advanced, true);
});

test("a frame is final once, when it is simulated and confirmed, after the rollback that reaches it", () => {
  const session = makeSession();
  const finals = (/** @type {import("../../src/core/types.js").AdvanceResult} */ { requests }) => requests.filter(({ kind }) => kind === "final").map(({ frame }) => frame);
  session.addRemoteInputs(1, 0, [press(0)]);
  assert.deepEqual(finals(tick(session)), [0]);
  assert.deepEqual(finals(tick(session)), [], "simulated but not confirmed");
  tick(session);
  session.addRemoteInputs(1, 1, [press(0), press(4)]);
  const { requests } = tick(session);
  assert.deepEqual(brief(requests), ["load 2", "advance 2 1c 4c", "save 3", "advance 3 1c 4p", "save 4", "final 1", "final 2", "release 2"]);
});

test("null stands for the input of the frame before, which must be known", () => {
  const session = makeSession();
  assert.equal(session.addRemoteInputs(1, 0, [null, press(2)]), 0, "nothing is before frame 0");
  assert.equal(session.addRemoteInputs(1, 0, [press(3)]), 1);
  assert.equal(session.addRemoteInputs(1, 1, [null, null, press(2)]), 3);
  assert.equal(session.addRemoteInputs(1, 6, [null]), 0);
  session.addLocalInput(0, press(0));
  assert.deepEqual([session.missing(1), session.ownInputs({ from: 0, to: 9 })], [{ from: 4, to: 4 }, [press(0)]]);
});

test("outgoing is every own input the peer has not acknowledged, oldest first, per peer", () => {
  const session = makeSession({ seats: 3, inputDelayFrames: 2 });
  assert.deepEqual(session.outgoing(1), { frame: 2, base: press(0, { auto: true }), inputs: [], ack: 2, current: 0, advance: 0 });
  for (let frame = 0; frame < 3; frame += 1) tick(session, frame + 1);
  session.acknowledge(1, 4);
  session.acknowledge(1, 3);
  session.addRemoteInputs(1, 2, [press(1)]);
  assert.deepEqual(session.outgoing(1), { frame: 4, base: press(2), inputs: [press(3)], ack: 3, current: 3, advance: 3 });
  assert.deepEqual(session.outgoing(2), { frame: 2, base: press(0, { auto: true }), inputs: [press(1), press(2), press(3)], ack: 2, current: 3, advance: 3 });
  session.acknowledge(1, 5);
  assert.deepEqual([session.outgoing(1).frame, session.outgoing(1).inputs], [5, []]);
});

test("a peer's nonsense is counted and changes nothing", () => {
  const session = makeSession();
  const table = /** @type {[string, () => unknown, Partial<Session["stats"]>][]} */ ([
    ["gap", () => session.addRemoteInputs(1, 3, [press(1), press(1)]), { gaps: 2 }],
    ["too far", () => session.addRemoteInputs(1, 0, Array.from({ length: MAX_AHEAD_FRAMES + 2 }, () => press(1))), { tooFar: 1 }],
    ["own seat", () => session.addRemoteInputs(0, 0, [press(1)]), { refused: 1 }],
    ["no such seat", () => session.addRemoteInputs(2, 0, [press(1)]), { refused: 2 }],
    ["acknowledges what was never given", () => session.acknowledge(1, 1), { refused: 3 }],
    ["acknowledges as no peer", () => session.acknowledge(5, 0), { refused: 4 }],
    ["reports as no peer", () => session.observePeer(0, { current: 1, advance: 1 }), { refused: 5 }],
  ]);
  for (const [name, act, expected] of table) {
    act();
    assert.deepEqual({ ...session.stats, ...expected }, session.stats, name);
  }
  assert.deepEqual([session.confirmedFrame, session.outgoing(1).ack], [-1, MAX_AHEAD_FRAMES + 1]);
});

test("a different value for a known frame is a conflict; the first value stays, also where it was predicted", () => {
  const session = makeSession();
  tick(session);
  assert.equal(session.addRemoteInputs(1, 0, [press(3), press(2)]), 2);
  assert.equal(session.addRemoteInputs(1, 0, [press(4), press(2), press(1)]), 1);
  assert.deepEqual([session.stats.conflicts, session.stats.duplicates, session.stats.accepted], [1, 1, 3]);
  assert.equal(session.inputLog(1)[0]?.[1].action, 3);
});

test("the input log is complete, confirmed only, and cut at the end frame", () => {
  const session = makeSession({ inputDelayFrames: 1 });
  for (let frame = 0; frame < 40; frame += 1) {
    session.addRemoteInputs(1, frame + 1, [press(frame % 3)]);
    tick(session, frame % 2);
  }
  const log = session.inputLog(1000);
  assert.equal(log.length, 41);
  assert.deepEqual(log[0], [press(0, { auto: true }), press(0, { auto: true })]);
  assert.deepEqual(log[40].map(({ action }) => action), [1, 0]);
  assert.equal(session.inputLog(7).length, 7);
  assert.equal(session.inputLog(0).length, 0);
});

test("the advantage is taken towards the peer that is furthest behind", () => {
  const session = makeSession({ seats: 3, inputDelayFrames: 1, predictionLimitFrames: 20 });
  for (let frame = 0; frame < 10; frame += 1) tick(session);
  session.observePeer(1, { current: 9, advance: 0 });
  session.observePeer(2, { current: 4, advance: -5 });
  session.observePeer(2, { current: 3, advance: 99 });
  assert.deepEqual(session.advantage(), { local: 6, remote: -5 });
  assert.equal(session.behindFrames, -6);
  session.observePeer(2, { current: 18, advance: 0 });
  session.observePeer(1, { current: 17, advance: 0 });
  assert.equal(session.behindFrames, 7);
});

test("one human seat needs no network", () => {
  const session = makeSession({ seats: 1 });
  for (let frame = 0; frame < 5; frame += 1) assert.equal(tick(session).advanced, true);
  assert.deepEqual([session.confirmedFrame, session.advantage()], [4, { local: 0, remote: 0 }]);
});

test("options outside their range are refused by name", () => {
  for (const options of [{ seats: 9 }, { seats: 0 }, { localSeat: 2 }, { inputDelayFrames: -1 }, { predictionLimitFrames: 0 }, { epoch: 1024 }, { idleAction: 0.5 }]) {
    const [name] = Object.keys(options);
    assert.throws(() => makeSession(options), new RegExp(`^RangeError: ${name} is`));
  }
});
