/**
 * The page's half of a relayed channel, for browsers that cannot move an RTCDataChannel into a worker.
 *
 * It forwards whole buffers both ways and never looks into them. The worker's half is `overPort` in channel.js.
 *
 * @module
 */

/** @import { DataChannel, FromRelay, Port, ToRelay } from "./channel.js" */

/** Below this the worker is told again how much is buffered: it skips packets above 16,384 bytes. */
const LOW_WATER_BYTES = 4096;

/**
 * @param {DataChannel} channel stays here
 * @param {Port} port its other end goes to the worker
 */
export function relay(channel, port) {
  /** @param {FromRelay} message @param {any[]} [transfer] */
  const tell = (message, transfer = []) => port.postMessage(message, transfer);
  const tellState = () => tell({ kind: "state", readyState: channel.readyState });
  const tellBuffered = (/** @type {number} */ taken) => tell({ kind: "buffered", taken, amount: channel.bufferedAmount });

  channel.binaryType = "arraybuffer";
  channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  channel.onmessage = ({ data }) => tell({ kind: "data", data }, data instanceof ArrayBuffer ? [data] : []);
  channel.onopen = tellState;
  channel.onbufferedamountlow = () => tellBuffered(0);
  channel.onclose = () => {
    tellState();
    port.close();
  };
  port.onmessage = ({ data: message }) => {
    const wanted = /** @type {ToRelay} */ (message);
    if (wanted.kind === "close") return channel.close();
    const bytes = wanted.data.byteLength;
    if (channel.readyState === "open") channel.send(wanted.data);
    tellBuffered(bytes);
  };
  tellState();
}
