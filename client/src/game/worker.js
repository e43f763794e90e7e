/** The game worker's composition root: clock, timer, mailbox, Python and the page's messages, put together once. */

import { overDataChannel, overPort } from "../net/channel.js";
import { Alarm } from "./clock.js";
import { Desk } from "./desk.js";
import { Mailbox } from "./mailbox.js";
import { bootPython } from "./python.js";

/** @import { Label, Listeners } from "../net/channel.js" */
/** @import { Item } from "./desk.js" */
/** @import { Wire } from "./links.js" */
/** @import { FromWorker, ToWorker } from "./messages.js" */

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const nowMs = () => performance.timeOrigin + performance.now();
const post = (/** @type {FromWorker} */ message) => scope.postMessage(message);

const desk = new Desk({
  nowMs,
  post,
  wakeAt: (dueMs) => alarm.set(dueMs),
  boot: (runtime) =>
    bootPython(runtime, {
      importModule: (url) => import(url),
      fetch: (url) => fetch(url),
      onProgress: (progress) => post({ type: "progress", ...progress }),
    }),
});
/** @type {Mailbox<Item>} */
const mailbox = new Mailbox({ handle: (item) => desk.handle(item) });
const alarm = new Alarm({
  nowMs,
  ring: () => put({ type: "wake" }),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
});

/** @param {Item} item */
function put(item) {
  if (mailbox.post(item)) return;
  // Packets come again until they are acknowledged; a lost command would leave the game in an unknown state.
  if (item.type !== "packet") throw new Error(`the mailbox is full: ${item.type} was not taken`);
}

/**
 * A channel listens from the task in which it arrived, so it is opened here, not behind the mailbox.
 *
 * @param {number} peerSeat
 * @param {Label} label
 * @param {(on: Listeners) => Wire["channel"]} open
 */
function attach(peerSeat, label, open) {
  const channel = open({
    message: (data) => put({ type: "packet", wire, data }),
    state: (readyState) => put({ type: "channel-state", wire, readyState }),
  });
  /** @type {Wire} */
  const wire = { peerSeat, label, channel };
  put({ type: "attach", wire });
}

scope.onmessage = ({ data }) => {
  const message = /** @type {ToWorker} */ (data);
  if (message.type === "channel") attach(message.peerSeat, message.label, (on) => overDataChannel(message.channel, on));
  else if (message.type === "channel-port") attach(message.peerSeat, message.label, (on) => overPort(message.port, on));
  else put(message);
};
