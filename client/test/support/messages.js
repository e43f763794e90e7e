/**
 * Random valid messages of every type.
 *
 * @module
 */

import { MAX_ACTION, MAX_EPOCH, MAX_FRAME, MAX_FRAME_COUNT, TYPE_CODES } from "../../src/wire/messages.js";

/** @import { Input } from "../../src/core/types.js" */
/** @import { Message, MessageType } from "../../src/wire/messages.js" */
/** @import { Random } from "./random.js" */

const TYPES = /** @type {MessageType[]} */ (Object.keys(TYPE_CODES));

/**
 * @param {Random} random
 * @returns {Message}
 */
export function drawMessage(random) {
  const type = TYPES[random.int(0, TYPES.length - 1)];
  const epoch = random.int(0, MAX_EPOCH);
  const frame = random.int(0, MAX_FRAME - 40);
  const seat = random.int(0, 7);
  const count = () => random.int(0, MAX_FRAME_COUNT);
  switch (type) {
    case "input":
      return { type, epoch, frame, seat, ack: count(), current: count(), advance: random.int(-128, 127), inputs: drawInputs(random) };
    case "ping":
    case "pong":
      return { type, epoch, frame, sentMs: random.next() * 2 ** 41 };
    case "hello":
      return { type, epoch, frame, seat, generation: random.int(0, 255), registry: random.int(0, 65535), session: drawHash(random) };
    case "state-hash":
      return { type, epoch, frame, hash: drawHash(random) };
    case "ready":
      return { type, epoch, frame, seat, hash: drawHash(random) };
    case "end":
      return { type, epoch, frame, seat, endFrame: count(), cause: "ended" };
    case "input-request": {
      const from = count();
      return { type, epoch, frame, seat, from, to: random.int(from, MAX_FRAME_COUNT) };
    }
    case "input-fill":
      return { type, epoch, frame, seat, inputs: drawInputs(random) };
    case "confirm":
      return { type, epoch, frame, seat, endFrame: count(), inputHash: drawHash(random), stateHash: drawHash(random) };
    case "bye":
      return { type, epoch, frame, reason: random.int(0, 255) };
  }
}

/**
 * @param {Random} random
 * @returns {Input[]} 0..30, mostly small actions
 */
function drawInputs(random) {
  return Array.from({ length: random.int(0, 30) }, () => ({
    action: random.chance(0.8) ? random.int(0, 9) : random.int(0, MAX_ACTION),
    focused: random.chance(0.5),
    auto: random.chance(0.5),
  }));
}

/**
 * @param {Random} random
 * @returns {string}
 */
function drawHash(random) {
  return Array.from({ length: 16 }, () => random.int(0, 15).toString(16)).join("");
}
