/**
 * Which message of a peer may enter the game: right channel, right seat, right episode, actions that exist (NETC-05).
 *
 * @module
 */

/** @import { Label } from "../net/channel.js" */
/** @import { DropReason as WireReason, Message, MessageType } from "../wire/messages.js" */

/**
 * channel: it came over the other one · seat: it speaks for somebody else · stranger: before the HELLO of this session ·
 * epoch: of another episode · action: the environment has no such action
 *
 * @typedef {"channel" | "seat" | "stranger" | "epoch" | "action"} Refusal
 */
/** @typedef {WireReason | Refusal} DropReason */

/** @type {Readonly<{[T in MessageType]: Label}>} */
const CHANNEL_OF = Object.freeze({
  input: "input",
  ping: "input",
  pong: "input",
  hello: "control",
  "state-hash": "control",
  ready: "control",
  end: "control",
  "input-request": "control",
  "input-fill": "control",
  confirm: "control",
  bye: "control",
});

/** They change nothing of an episode, so they belong to none. */
const OF_NO_EPISODE = new Set(["ping", "pong", "hello", "bye"]);

/**
 * @typedef {object} Door
 * @property {Label} label channel it came over
 * @property {number} seat of the peer at the other end
 * @property {number} ownSeat
 * @property {number} epoch present one
 * @property {boolean} greeted the peer's HELLO was right
 * @property {number} actions number of actions of the environment
 */

/**
 * @param {Message} message
 * @param {Door} door
 * @returns {"take" | "later" | Refusal} later: a reliable message of the next episode waits for it
 */
export function admit(message, { label, seat, ownSeat, epoch, greeted, actions }) {
  if (CHANNEL_OF[message.type] !== label) return "channel";
  if ("seat" in message && message.seat !== (message.type === "input-request" ? ownSeat : seat)) return "seat";
  if (OF_NO_EPISODE.has(message.type)) return "take";
  if (!greeted) return "stranger";
  if (label === "control" && message.epoch === epoch + 1) return "later";
  if (message.epoch !== epoch) return "epoch";
  if ("inputs" in message && message.inputs.some((input) => input !== null && input.action >= actions)) return "action";
  return "take";
}
