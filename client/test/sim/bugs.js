/**
 * Bugs that rollback netcode is known to have, planted one at a time into a copy of the source; each must be caught by the simulation.
 *
 * An edit replaces a text that stands exactly once in a file below client/src.
 *
 * @module
 */

/** @typedef {{file: string, from: string, to: string}} Edit */
/** @typedef {{name: string, by: keyof typeof CHECKERS, edits: Edit[], leak?: boolean}} Bug by: who catches it; leak: it blinds the detector, so a world that forgets must be at the table */

/** What each part of the oracle says. */
export const CHECKERS = Object.freeze({
  rows: /: frame \d+ differs from the world without a network/,
  "row counts": /: \d+ rows, \d+ expected/,
  seals: /: sealed as (not )?verified: /,
  columns: /: frame \d+: \w+ is .+, seen was /,
  guesses: /: (was_speculative|corrected) is .+, by what had come it is /,
  rollbacks: /: rollback .+; carried out was |: rollback \d+: not caused by seat |(rollbacks|maxDepth) is sealed as /,
  "own inputs": /simulated with own inputs given up to frame/,
  window: /frames ahead of the confirmed one, \d+ are allowed/,
  detector: /desyncs told: |is called verified, and|by the states it is/,
  kills: /was begun and not sealed|were confirmed at the kill/,
  progress: /: unfinished: /,
  errors: /: seat \d: \w*Error: /,
});

/** @type {readonly Bug[]} */
export const BUGS = Object.freeze([
  {
    name: "only the newest inputs travel, acknowledged or not",
    by: "progress",
    edits: [
      {
        file: "core/session.js",
        from: "const frame = this.#peers.acknowledged(peerSeat);",
        to: "const frame = Math.max(this.#peers.acknowledged(peerSeat), this.#own().confirmedFrame);",
      },
      { file: "game/episode.js", from: "if (!waits) return;", to: "return;" },
    ],
  },
  {
    name: "more is acknowledged than was received",
    by: "progress",
    edits: [
      { file: "core/session.js", from: "ack: this.#queues[peerSeat].confirmedFrame + 1,", to: "ack: this.#queues[peerSeat].confirmedFrame + 2," },
      { file: "game/episode.js", from: "if (!waits) return;", to: "return;" },
    ],
  },
  {
    name: "rows are promoted before their inputs are confirmed",
    by: "columns",
    edits: [
      { file: "core/session.js", from: "const last = Math.min(this.confirmedFrame, this.currentFrame - 1);", to: "const last = this.currentFrame - 1;" },
      { file: "core/session.js", from: "if (frame > this.confirmedFrame) throw new RangeError", to: "if (frame < 0) throw new RangeError" },
    ],
  },
  {
    name: "rows are promoted while a rollback is owed",
    by: "rows",
    edits: [
      { file: "core/session.js", from: "const rollback = this.#rollback(requests);", to: "requests.push(...this.#finals());\n    const rollback = this.#rollback(requests);" },
    ],
  },
  {
    name: "snapshots go by age, not below the anchor",
    by: "errors",
    edits: [
      {
        file: "core/sync-layer.js",
        from: "const anchor = this.#newestAtOrBelow(Math.max(0, confirmedFrame));",
        to: "const anchor = this.#newestAtOrBelow(Math.max(0, confirmedFrame, this.#current - 6));",
      },
    ],
  },
  {
    name: "a row says how it was simulated last, not first",
    by: "guesses",
    edits: [{ file: "core/record.js", from: "      held.ended = ended;", to: "      held.ended = ended;\n      held.first = used;" }],
  },
  {
    name: "a prediction is compared with the first guess, not with the one that was used",
    by: "rows",
    edits: [
      {
        file: "core/input-queue.js",
        from: "if (!answer.confirmed) this.#predicted.set(frame, answer.input);",
        to: "if (!answer.confirmed && !this.#predicted.has(frame)) this.#predicted.set(frame, answer.input);",
      },
      { file: "core/input-queue.js", from: "    this.#predicted.delete(frame);\n", to: "" },
    ],
  },
  {
    name: "only the action is compared, not the flags of the row",
    by: "rows",
    edits: [{ file: "core/input-queue.js", from: "return a.action === b.action && a.focused === b.focused && a.auto === b.auto;", to: "return a.action === b.action;" }],
  },
  {
    name: "a second wrong prediction hides the first",
    by: "rows",
    edits: [{ file: "core/input-queue.js", from: "predicted !== undefined && this.#firstWrong === null && !sameInput", to: "predicted !== undefined && !sameInput" }],
  },
  {
    name: "a replay steps once too often",
    by: "errors",
    edits: [{ file: "core/sync-layer.js", from: "again < this.#current; again += 1", to: "again <= this.#current; again += 1" }],
  },
  {
    name: "packets of another episode are taken",
    by: "progress",
    edits: [
      { file: "game/admission.js", from: 'if (message.epoch !== epoch) return "epoch";', to: "" },
      { file: "game/admission.js", from: 'if (label === "control" && message.epoch === epoch + 1) return "later";', to: "" },
    ],
  },
  {
    name: "damaged packets are taken",
    by: "columns",
    edits: [{ file: "wire/codec.js", from: 'if (sent !== crc32(covered)) throw new Refused("crc");', to: "" }],
  },
  {
    name: "the end is told once, over the lossy channel",
    by: "seals",
    edits: [
      { file: "game/admission.js", from: 'confirm: "control",', to: 'confirm: "input",' },
      {
        file: "game/outbound.js",
        from: "    this.#waiting.push(data);",
        to: '    if (message.type === "confirm") return void this.#send("input", data);\n    this.#waiting.push(data);',
      },
    ],
  },
  {
    name: "the last rows are cleared before they were exported",
    by: "row counts",
    edits: [{ file: "game/episode.js", from: "    this.#recorder.flush();\n    links.broadcast({ type: \"end\"", to: "    links.broadcast({ type: \"end\"" }],
  },
  {
    name: "the first value of a frame wins, although it was only predicted",
    by: "rows",
    edits: [
      { file: "core/input-queue.js", from: "    this.#log.push(actual);\n", to: "    this.#log.push(this.#predicted.get(frame) ?? actual);\n" },
    ],
  },
  {
    name: "an input that comes twice is counted as two",
    by: "rows",
    edits: [
      {
        file: "core/input-queue.js",
        from: 'if (frame <= this.confirmedFrame) return sameInput(this.#log[frame], input) ? "duplicate" : "conflict";',
        to: "if (frame < this.confirmedFrame) frame = this.confirmedFrame + 1;",
      },
    ],
  },
  {
    name: "predictions repeat what was received last, not what is known without a gap",
    by: "rows",
    edits: [
      { file: "core/session.js", from: "    const before = this.#counts.accepted;", to: "    queue.newest = inputs.at(-1);\n    const before = this.#counts.accepted;" },
      {
        file: "core/input-queue.js",
        from: "const predicted = this.#predicted.get(frame);",
        to: "const predicted = this.#predicted.has(frame) ? (this.newest ?? actual) : undefined;",
      },
    ],
  },
  {
    name: "the border looks at the last frame only: a gap below it is guessed",
    by: "columns",
    edits: [
      {
        file: "core/session.js",
        from: "const frame = this.#peers.acknowledged(peerSeat);",
        to: "const frame = Math.max(this.#peers.acknowledged(peerSeat), this.#own().confirmedFrame - 1);",
      },
      {
        file: "core/session.js",
        from: "if (firstFrame > queue.confirmedFrame + 1 || (firstFrame === 0 && inputs[0] === null)) {",
        to: "while (firstFrame > queue.confirmedFrame + 1) queue.add(queue.confirmedFrame + 1, queue.at(queue.confirmedFrame + 1).input);\n    if (firstFrame === 0 && inputs[0] === null) {",
      },
    ],
  },
  {
    name: "hashes are compared at the end only",
    by: "detector",
    leak: true,
    edits: [
      { file: "game/hashes.js", from: "if (ownHash === peerHash) return [];", to: "return [];" },
      { file: "game/agreement.js", from: "if (desync || confirms.some(({ stateHash }) => stateHash !== own.stateHash))", to: "if (desync)" },
    ],
  },
  {
    name: "who is left after a kill seals nothing",
    by: "kills",
    edits: [
      {
        file: "game/episode.js",
        from: "    this.#recorder.flush();\n    this.#seal({ verified: false, reason: \"partial\" }, nowMs);",
        to: "    this.state = \"sealed\";",
      },
    ],
  },
  {
    name: "a guess that came true is called no guess",
    by: "guesses",
    edits: [{ file: "core/record.js", from: "return { frame, predicted,", to: "return { frame, predicted: corrected," }],
  },
  {
    name: "a guess is called right when its action was, whatever its flags",
    by: "guesses",
    edits: [{ file: "core/record.js", from: "guess && !sameInput(first.inputs[seat], actual[seat])", to: "guess && first.inputs[seat].action !== actual[seat].action" }],
  },
  {
    name: "a one-shot action is predicted to come again",
    by: "guesses",
    edits: [{ file: "core/input-queue.js", from: "return this.#oneShot.has(last.action) ? { ...last, action: this.#unknown.action } : last;", to: "return last;" }],
  },
  {
    name: "of two rollbacks in a row the second is not written down",
    by: "rollbacks",
    edits: [{ file: "game/recorder.js", from: "    this.#pending.rollbacks.texts.push(JSON.stringify(row));", to: "    if (at !== this.lastAt) this.#pending.rollbacks.texts.push(JSON.stringify(row));\n    this.lastAt = at;" }],
  },
  {
    name: "the cause of a rollback is whoever guessed wrong at all, not whose guess was the first",
    by: "rollbacks",
    edits: [{ file: "core/session.js", from: "wrong !== null && wrong.frame === to", to: "wrong !== null" }],
  },
  {
    name: "a rollback counts twice in the seal",
    by: "rollbacks",
    edits: [{ file: "core/session.js", from: "this.#counts.rollbacks += 1;", to: "this.#counts.rollbacks += 2;" }],
  },
  {
    name: "the newest rollback is sealed as the deepest",
    by: "rollbacks",
    edits: [{ file: "core/session.js", from: "Math.max(this.#counts.maxDepth, depth)", to: "depth" }],
  },
  {
    name: "the rollbacks table says what the cause had predicted where it says what it gave",
    by: "rollbacks",
    edits: [{ file: "game/recorder.js", from: "actual: actual.action,", to: "actual: predicted.action," }],
  },
  {
    name: "the first simulation of a frame counts as a repetition",
    by: "columns",
    edits: [{ file: "core/record.js", from: "delayFrames, resimulated: 0, ended", to: "delayFrames, resimulated: 1, ended" }],
  },
  {
    name: "a frame that is simulated again with the inputs it had counts as no repetition",
    by: "columns",
    edits: [
      {
        file: "core/record.js",
        from: "held.resimulated += 1;",
        to: "held.resimulated += used.inputs.every((input, seat) => sameInput(input, held.first.inputs[seat])) ? 0 : 1;",
      },
    ],
  },
  {
    name: "the confirmation lag ends at the confirmed frame, not at the simulated one",
    by: "columns",
    edits: [
      { file: "game/loop.js", from: "nowMs, currentFrame: session.currentFrame }", to: "nowMs, currentFrame: Math.min(session.currentFrame, session.confirmedFrame + 1) }" },
    ],
  },
  {
    name: "the confirmation lag begins with the last simulation, not with the first",
    by: "columns",
    edits: [{ file: "core/record.js", from: "      held.ended = ended;", to: "      held.ended = ended;\n      held.firstMs = nowMs;" }],
  },
  {
    name: "the input delay of a row is that of its last simulation, after a change",
    by: "columns",
    edits: [{ file: "core/record.js", from: "      held.ended = ended;", to: "      held.ended = ended;\n      held.delayFrames = delayFrames;" }],
  },
  {
    name: "a change of the input delay comes a frame late",
    by: "columns",
    edits: [{ file: "game/loop.js", from: "[this.#delayChange]?.[0] <= session.currentFrame", to: "[this.#delayChange]?.[0] < session.currentFrame" }],
  },
  {
    name: "a change of the input delay is written, and not done",
    by: "own inputs",
    edits: [{ file: "core/session.js", from: "to: this.currentFrame + this.#delayFrames + 1 };", to: "to: this.currentFrame + this.#options.inputDelayFrames + 1 };" }],
  },
  {
    name: "one frame more is predicted than the limit allows",
    by: "window",
    edits: [{ file: "core/session.js", from: "this.confirmedFrame > this.#limitFrames;", to: "this.confirmedFrame > this.#limitFrames + 1;" }],
  },
  {
    name: "each second frame's hash is compared",
    by: "detector",
    edits: [{ file: "game/hashes.js", from: "if (ownHash === peerHash) return [];", to: "if (ownHash === peerHash || frame % 2 === 1) return [];" }],
  },
  {
    name: "the desync is named one frame late",
    by: "detector",
    edits: [{ file: "game/hashes.js", from: "const difference = { frame, peerSeat,", to: "const difference = { frame: frame + 1, peerSeat," }],
  },
  {
    name: "frames are called verified beyond the first difference",
    by: "detector",
    edits: [{ file: "game/hashes.js", from: "(this.#first === null ? compared : Math.min(compared, this.#first.frame)) - 1", to: "compared - 1" }],
  },
]);
