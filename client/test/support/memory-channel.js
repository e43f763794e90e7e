/**
 * Two ends of one channel in memory, under a virtual clock; a seeded rule may delay, lose and reorder.
 *
 * @module
 */

import { Link } from "./link.js";
import { OrderedLink } from "./ordered-link.js";

/** @import { Label, PeerChannel } from "../../src/net/channel.js" */
/** @import { VirtualClock } from "./clock.js" */
/** @import { Rule } from "./link.js" */
/** @import { Random } from "./random.js" */

/** @typedef {{label: Label, channel: PeerChannel, listen: (receive: (data: ArrayBuffer) => void) => void, shut: () => void}} End */

/**
 * @param {Label} label `input` is a lossy link, `control` a reliable one
 * @param {{clock: VirtualClock, random: Random, rules: [Rule, Rule]}} parts one rule for each direction
 * @returns {[End, End]}
 */
export function channelPair(label, { clock, random, rules }) {
  /** @type {((data: ArrayBuffer) => void)[]} */
  const receivers = [() => {}, () => {}];
  let open = true;
  const ends = [0, 1].map((side) => {
    const deliver = (/** @type {Uint8Array<ArrayBuffer>} */ packet) => open && receivers[1 - side](packet.buffer);
    const parts = { clock, random: random.fork(), rule: rules[side], deliver };
    const link = label === "input" ? new Link(parts) : new OrderedLink(parts);
    /** @type {PeerChannel} */
    const channel = {
      transfer: "transferred",
      get readyState() {
        return open ? "open" : "closed";
      },
      bufferedAmount: 0,
      send(data) {
        if (open) link.send(data);
        return open;
      },
      close: () => void (open = false),
    };
    const listen = (/** @type {(data: ArrayBuffer) => void} */ receive) => void (receivers[side] = receive);
    return { label, channel, listen, shut: () => void (open = false) };
  });
  return [ends[0], ends[1]];
}
