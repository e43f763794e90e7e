/**
 * The messages between two peers: names, type codes, limits. `codec.js` turns them into bytes (requirements 22.2).
 *
 * `epoch` counts the episodes of a game session (10 bits); frames are 22 bits; hashes are 16 lower-case hex characters
 * (8 bytes). `from` is included, `to` and `endFrame` are not.
 *
 * @module
 */

/** @import { Input } from "../core/types.js" */

/**
 * Inputs of the sender, oldest first. `frame` is that of the first record, or the next own frame when there is none;
 * `ack` is the next frame wanted of the receiver. Inputs are coded by what changes, beginning from `base`, the sender's input
 * of the frame before, which the receiver has acknowledged; a decoded null is "the same as base", and base itself does not travel. The only message with a CRC, and the only one on the lossy channel
 * that changes the game.
 *
 * @typedef {{type: "input", epoch: number, frame: number, seat: number, ack: number, current: number, advance: number, base?: Input | null, inputs: (Input | null)[]}} InputMessage
 */
/** @typedef {{type: "ping", epoch: number, frame: number, sentMs: number}} PingMessage */
/** @typedef {{type: "pong", epoch: number, frame: number, sentMs: number}} PongMessage sentMs of the ping, echoed */
/**
 * First message on `control`: who speaks, over which link generation, with which registry version, in which session.
 *
 * @typedef {{type: "hello", epoch: number, frame: number, seat: number, generation: number, registry: number, session: string}} HelloMessage
 */
/** @typedef {{type: "state-hash", epoch: number, frame: number, hash: string}} StateHashMessage of S(frame+1), final frames only */
/** @typedef {{type: "ready", epoch: number, frame: number, seat: number, hash: string}} ReadyMessage hash of S(0) */
/** @typedef {{type: "end", epoch: number, frame: number, seat: number, endFrame: number, cause: "ended"}} EndMessage */
/** @typedef {{type: "input-request", epoch: number, frame: number, seat: number, from: number, to: number}} InputRequestMessage inputs of `seat`, the receiver's, wanted */
/** @typedef {{type: "input-fill", epoch: number, frame: number, seat: number, inputs: Input[]}} InputFillMessage inputs of `seat` from `frame` on */
/** @typedef {{type: "confirm", epoch: number, frame: number, seat: number, endFrame: number, inputHash: string, stateHash: string}} ConfirmMessage */
/** @typedef {{type: "bye", epoch: number, frame: number, reason: number}} ByeMessage */

/**
 * @typedef {InputMessage | PingMessage | PongMessage | HelloMessage | StateHashMessage | ReadyMessage | EndMessage
 *   | InputRequestMessage | InputFillMessage | ConfirmMessage | ByeMessage} Message
 */
/** @typedef {Message["type"]} MessageType */

/** @typedef {"short" | "version" | "type" | "length" | "crc" | "value"} DropReason */
/** @typedef {{ok: true, message: Message} | {ok: false, reason: DropReason}} Decoded */

export const PROTOCOL_VERSION = 2;

/** @type {Readonly<Record<MessageType, number>>} 4, 5 and 13 are reserved by the specification */
export const TYPE_CODES = Object.freeze({
  input: 1,
  ping: 2,
  pong: 3,
  hello: 6,
  "state-hash": 7,
  ready: 8,
  end: 9,
  "input-request": 10,
  "input-fill": 11,
  confirm: 12,
  bye: 14,
});

/** @type {readonly EndMessage["cause"][]} index = byte on the wire */
export const END_CAUSES = Object.freeze(["ended"]);

export const MAX_SEAT = 7;
export const MAX_EPOCH = 2 ** 10 - 1;
/** Highest frame of a header. */
export const MAX_FRAME = 2 ** 22 - 1;
/** Highest count of frames: an end, an acknowledgement or a current frame can be one past the last frame. */
export const MAX_FRAME_COUNT = 2 ** 22;
/** Two flags and the action share one integer of 32 bits. */
export const MAX_ACTION = 2 ** 30 - 1;
/** One UDP packet below every common path MTU, with SCTP, DTLS and UDP headers around it. */
export const MAX_INPUT_BYTES = 1150;
export const MAX_INPUT_RECORDS = 255;
/** Every SCTP implementation takes messages of this size. */
export const MAX_FILL_BYTES = 16384;
