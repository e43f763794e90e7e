/**
 * Owner of the game worker: loads it once, gives it sessions, channels, keys and visibility, hears what it says.
 *
 * Commands before the worker is ready wait in order; `load` goes first. A worker that failed is not used again.
 *
 * @typedef {import("./types.js").Runtime} Runtime
 * @typedef {import("./types.js").SessionConfig} SessionConfig
 * @typedef {import("./types.js").Status} Status
 * @typedef {import("./types.js").Spec} Spec
 * @typedef {import("./types.js").ToWorker} ToWorker
 * @typedef {import("./types.js").FromWorker} FromWorker
 * @typedef {{postMessage: (message: any, transfer: any[]) => void, terminate: () => void,
 *   addEventListener: (type: any, listener: (event: any) => void) => void}} WorkerLike
 * @typedef {"none"|"loading"|"ready"|"failed"} RuntimeState
 */

/** Commands that wait for a loading worker. */
export const WAITING_LIMIT = 1_024;

/** What of a runtime decides whether a loaded worker serves it. @param {Runtime} runtime */
const identity = ({ pyodide_url, archives, wheels, entry, kwargs }) =>
  JSON.stringify([pyodide_url, archives.map((archive) => archive.sha256), wheels.map((wheel) => wheel.sha256), entry, kwargs]);

export class Supervisor {
  /** @type {RuntimeState} */
  state = "none";
  /** @type {Spec|null} */
  spec = null;
  /** @type {Status|null} */
  status = null;
  progress = { stage: "runtime", fraction: 0 };
  /** @type {WorkerLike|null} */
  #worker = null;
  #loaded = "";
  /** @type {[ToWorker, any[]][]} */
  #waiting = [];
  /** A new worker must be told it too. @type {Extract<ToWorker, {type: "visibility"}>|null} */
  #visibility = null;
  #spawn;
  #onMessage;

  /**
   * @param {object} options
   * @param {() => WorkerLike} options.spawn                   starts a new game worker
   * @param {(message: FromWorker) => void} options.onMessage  after this object took its own part of it
   */
  constructor({ spawn, onMessage }) {
    this.#spawn = spawn;
    this.#onMessage = onMessage;
  }

  /**
   * Starts the worker with this runtime, or keeps the one that already has it.
   * @param {Runtime} runtime
   * @param {{testProfile: boolean}} options
   */
  load(runtime, { testProfile }) {
    const wanted = identity(runtime);
    if (wanted === this.#loaded && this.state !== "failed") return;
    this.#worker?.terminate();
    this.#loaded = wanted;
    this.state = "loading";
    this.spec = null;
    this.#worker = this.#start();
    this.#worker.postMessage(loadMessage(runtime, testProfile), []);
  }

  /** @param {ToWorker} message @param {any[]} [transfer] */
  post(message, transfer = []) {
    if (this.state === "ready" && this.#worker !== null) return this.#worker.postMessage(message, transfer);
    if (this.state === "failed") return;
    if (message.type === "keys") return; // nobody plays yet, and each episode starts with no key down
    if (this.#waiting.length >= WAITING_LIMIT) throw new Error(`more than ${WAITING_LIMIT} commands wait for the game worker`);
    this.#waiting.push([message, transfer]);
  }

  /** @param {{hidden: boolean, focused: boolean}} visibility */
  visibility({ hidden, focused }) {
    this.#visibility = { type: "visibility", hidden, focused };
    if (this.state === "ready") this.post(this.#visibility);
  }

  /** @param {SessionConfig} config */
  session(config) {
    this.status = null;
    this.post({ type: "session", config });
  }

  /** @param {{peerSeat: number, label: "input"|"control", channel: any, isPort: boolean}} handover */
  channel({ peerSeat, label, channel, isPort }) {
    if (isPort) this.post({ type: "channel-port", peerSeat, label, port: channel }, [channel]);
    else this.post({ type: "channel", peerSeat, label, channel }, [channel]);
  }

  #start() {
    const worker = this.#spawn();
    worker.addEventListener("message", (event) => worker === this.#worker && this.#hear(event.data));
    worker.addEventListener("error", (event) => worker === this.#worker && this.#crashed(event));
    worker.addEventListener("messageerror", () => worker === this.#worker && this.#crashed({ message: "unreadable message" }));
    return worker;
  }

  /** @param {FromWorker} message */
  #hear(message) {
    if (message.type === "progress") this.progress = { stage: message.stage, fraction: message.fraction };
    if (message.type === "status") this.status = message.status;
    if (message.type === "ready") this.#ready(message.spec);
    if (message.type === "failed") this.#retire();
    this.#onMessage(message);
  }

  /** @param {Spec} spec */
  #ready(spec) {
    this.state = "ready";
    this.spec = spec;
    if (this.#visibility !== null) this.post(this.#visibility);
    for (const [message, transfer] of this.#waiting.splice(0)) this.post(message, transfer);
  }

  /** @param {{message?: string, filename?: string, lineno?: number}} event */
  #crashed({ message = "the worker could not be started", filename = "", lineno = 0 }) {
    this.#retire();
    this.#onMessage({ type: "failed", error: { name: "WorkerError", text: message, trace: filename && `${filename}:${lineno}` } });
  }

  #retire() {
    this.state = "failed";
    this.#waiting.length = 0;
  }
}

/** @param {Runtime} runtime @param {boolean} testProfile @returns {ToWorker} */
function loadMessage({ pyodide_url, archives, wheels, entry, kwargs }, testProfile) {
  return { type: "load", pyodideUrl: pyodide_url, archives, wheels, entry, kwargs, testProfile };
}
