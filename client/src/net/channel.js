/**
 * One interface over the two ways in which a peer's data channel reaches the worker: moved there, or relayed by the page.
 *
 * ```
 *   moved:    peer ══ RTCDataChannel ══▶ worker
 *   relayed:  peer ══ RTCDataChannel ══▶ page ── MessagePort ──▶ worker        (relay.js is the page's half)
 * ```
 *
 * @module
 */

/** @typedef {"input" | "control"} Label */
/** @typedef {"connecting" | "open" | "closing" | "closed"} ReadyState */
/** @typedef {"transferred" | "relayed"} Transfer */

/**
 * What the page's half says to the worker's half, and back.
 *
 * @typedef {{kind: "state", readyState: ReadyState} | {kind: "data", data: unknown}
 *   | {kind: "buffered", taken: number, amount: number}} FromRelay taken: bytes handed to the channel since the last report
 * @typedef {{kind: "send", data: ArrayBuffer} | {kind: "close"}} ToRelay
 */

/**
 * The part of an RTCDataChannel that is used; tests implement it in memory.
 *
 * @typedef {object} DataChannel
 * @property {string} label
 * @property {ReadyState} readyState
 * @property {number} bufferedAmount bytes
 * @property {string} [binaryType]
 * @property {number} [bufferedAmountLowThreshold]
 * @property {((event: {data: any}) => void) | null} onmessage
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onclose
 * @property {((event: any) => void) | null} [onbufferedamountlow]
 * @property {(data: ArrayBuffer) => void} send
 * @property {() => void} close
 */

/**
 * The part of a MessagePort that is used.
 *
 * @typedef {object} Port
 * @property {((event: {data: any}) => void) | null} onmessage
 * @property {(message: any, transfer: any[]) => void} postMessage
 * @property {() => void} close
 */

/**
 * What the worker sees of either.
 *
 * @typedef {object} PeerChannel
 * @property {Transfer} transfer
 * @property {ReadyState} readyState
 * @property {number} bufferedAmount bytes accepted by `send` that have not left yet
 * @property {(data: ArrayBuffer) => boolean} send false: not open (any more), nothing was sent; takes the buffer over
 * @property {() => void} close
 */

/** @typedef {{message: (data: unknown) => void, state: (readyState: ReadyState) => void}} Listeners */

/**
 * Listens from this call on, so it must be made in the task in which the channel arrived.
 *
 * @param {DataChannel} channel moved here
 * @param {Listeners} on
 * @returns {PeerChannel}
 */
export function overDataChannel(channel, on) {
  channel.binaryType = "arraybuffer";
  channel.onmessage = (event) => on.message(event.data);
  channel.onopen = () => on.state("open");
  channel.onclose = () => on.state("closed");
  return {
    transfer: "transferred",
    get readyState() {
      return channel.readyState;
    },
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    send(data) {
      if (channel.readyState !== "open") return false;
      channel.send(data);
      return true;
    },
    close: () => channel.close(),
  };
}

/**
 * @param {Port} port the other end of it belongs to `relay`
 * @param {Listeners} on
 * @returns {PeerChannel}
 */
export function overPort(port, on) {
  /** @type {ReadyState} */
  let readyState = "connecting";
  let underWay = 0; // bytes posted to the page that it has not reported yet
  let buffered = 0;
  port.onmessage = ({ data: message }) => {
    const relayed = /** @type {FromRelay} */ (message);
    if (relayed.kind === "data") return on.message(relayed.data);
    if (relayed.kind === "buffered") {
      underWay -= relayed.taken;
      buffered = relayed.amount;
      return;
    }
    readyState = relayed.readyState;
    on.state(readyState);
  };
  return {
    transfer: "relayed",
    get readyState() {
      return readyState;
    },
    get bufferedAmount() {
      return buffered + underWay;
    },
    send(data) {
      if (readyState !== "open") return false;
      underWay += data.byteLength;
      port.postMessage(/** @type {ToRelay} */ ({ kind: "send", data }), [data]);
      return true;
    },
    close() {
      port.postMessage(/** @type {ToRelay} */ ({ kind: "close" }), []);
    },
  };
}
