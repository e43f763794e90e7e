/**
 * The connection to the server: hello first, then events and acknowledged requests, checked against the registry both ways.
 *
 *   down ──connect──▶ greeting ──hello ok──▶ up ──disconnect──▶ down
 *                         └──hello refused──▶ refused (final)
 *
 * Nothing but the hello is sent before the server accepted it: a connection has no identity until then.
 *
 * @typedef {import("./payloads.js").Registry} Registry
 * @typedef {import("./types.js").Ack} Ack
 * @typedef {"down"|"greeting"|"up"|"refused"} Phase
 * @typedef {{connected: boolean, on: (event: string, handler: (...args: any[]) => void) => unknown,
 *   emit: (event: string, ...args: any[]) => unknown, connect: () => unknown, disconnect: () => unknown}} Socket
 * @typedef {{after: (ms: number, run: () => void) => (() => void)}} Timers
 */
import { check } from "./payloads.js";

export const ACK_TIMEOUT_MS = 5_000;
/** One-way events kept while the connection is down; the oldest are dropped first, and counted. */
export const WAITING_LIMIT = 256;

const RECONNECT_MS = 1_000;

/** A request got no answer: whether the server acted on it is unknown. */
export class NoAnswer extends Error {
  /** @param {string} event @param {string} why */
  constructor(event, why) {
    super(`${event}: ${why}`);
    this.name = "NoAnswer";
  }
}

export class Server {
  /** @type {Phase} */
  phase = "down";
  counters = { connects: 0, invalidIn: 0, invalidOut: 0, droppedWaiting: 0, helloTimeouts: 0 };
  /** @type {Map<string, (payload: any) => void>} */
  #handlers = new Map();
  /** @type {[string, object][]} */
  #waiting = [];
  /** Requests in flight on this connection. @type {Set<(why: string) => void>} */
  #inFlight = new Set();
  /** @type {Set<() => void>} */
  #untilUp = new Set();
  #socket;
  #registry;
  #timers;
  #hello;
  #onHello;
  #onInvalid;
  #onPhase;

  /**
   * @param {object} options
   * @param {Socket} options.socket
   * @param {Registry} options.registry
   * @param {Timers} options.timers
   * @param {() => object} options.hello            payload of page_hello
   * @param {(ack: Ack) => void} options.onHello    its answer, accepted or not
   * @param {(problem: {event: string, code: string, detail: string}) => void} options.onInvalid  an event of the server was dropped
   * @param {(phase: Phase) => void} [options.onPhase]
   */
  constructor({ socket, registry, timers, hello, onHello, onInvalid, onPhase = () => {} }) {
    this.#socket = socket;
    this.#registry = registry;
    this.#timers = timers;
    this.#hello = hello;
    this.#onHello = onHello;
    this.#onInvalid = onInvalid;
    this.#onPhase = onPhase;
    socket.on("connect", () => void this.#greet());
    socket.on("disconnect", (reason) => this.#disconnected(reason));
  }

  /** Starts connecting. */
  open() {
    this.#socket.connect();
  }

  /** Handles one event of the server; exactly one handler per event. @param {string} event @param {(payload: any) => void} handler */
  on(event, handler) {
    if (this.#handlers.has(event)) throw new Error(`"${event}" already has a handler`);
    this.#handlers.set(event, handler);
    this.#socket.on(event, (payload) => this.#receive(event, payload));
  }

  /** Sends a one-way event now, or as soon as the connection is up again. @param {string} event @param {object} payload */
  send(event, payload) {
    this.#assertOutgoing(event, payload);
    if (this.phase === "up") return void this.#socket.emit(event, payload);
    this.#waiting.push([event, payload]);
    if (this.#waiting.length > WAITING_LIMIT) {
      this.#waiting.shift();
      this.counters.droppedWaiting += 1;
    }
  }

  /**
   * One attempt on the connection as it is now.
   * @param {string} event
   * @param {object} payload
   * @param {{timeoutMs?: number}} [options]
   * @returns {Promise<Ack>} the server's answer, also a refusal (`ok: false`)
   * @throws {NoAnswer} not connected, connection lost meanwhile, or no answer in time
   */
  ask(event, payload, { timeoutMs = ACK_TIMEOUT_MS } = {}) {
    this.#assertOutgoing(event, payload);
    if (this.phase !== "up") return Promise.reject(new NoAnswer(event, "not connected"));
    return this.#emitWithAck(event, payload, timeoutMs);
  }

  /**
   * Asks until there is an answer; for requests that may safely arrive twice.
   * @param {string} event
   * @param {object} payload
   * @param {{timeoutMs?: number, attempts?: number}} [options]
   * @returns {Promise<Ack>}
   * @throws {NoAnswer} after the last attempt, or when the server refused this page
   */
  async request(event, payload, { timeoutMs = ACK_TIMEOUT_MS, attempts = 6 } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      await this.#up(event);
      try {
        return await this.ask(event, payload, { timeoutMs });
      } catch (error) {
        if (!(error instanceof NoAnswer) || attempt >= attempts) throw error;
      }
    }
  }

  /** @param {string} event @returns {Promise<void>} */
  async #up(event) {
    if (this.phase === "refused") throw new NoAnswer(event, "refused by the server");
    if (this.phase === "up") return;
    await new Promise((resolve) => this.#untilUp.add(() => resolve(undefined)));
    await this.#up(event);
  }

  /** @param {string} event @param {object} payload @param {number} timeoutMs @returns {Promise<Ack>} */
  #emitWithAck(event, payload, timeoutMs) {
    return new Promise((resolve, reject) => {
      const settle = () => {
        cancel();
        this.#inFlight.delete(fail);
      };
      /** @param {string} why */
      const fail = (why) => {
        settle();
        reject(new NoAnswer(event, why));
      };
      const cancel = this.#timers.after(timeoutMs, () => fail(`no answer within ${timeoutMs} ms`));
      this.#inFlight.add(fail);
      this.#socket.emit(event, payload, (/** @type {Ack} */ ack) => {
        settle();
        resolve(ack);
      });
    });
  }

  async #greet() {
    this.counters.connects += 1;
    this.#enter("greeting");
    /** @type {Ack} */
    let ack;
    try {
      const hello = this.#hello();
      this.#assertOutgoing("page_hello", hello);
      ack = await this.#emitWithAck("page_hello", hello, ACK_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.counters.helloTimeouts += 1;
      if (this.phase === "greeting" && this.#socket.connected) await this.#greet();
      return;
    }
    if (this.phase === "greeting") this.#answered(ack);
  }

  /** @param {Ack} ack */
  #answered(ack) {
    if (!ack.ok) this.refuse();
    this.#onHello(ack);
    if (!ack.ok) return;
    this.#enter("up");
    for (const [event, payload] of this.#waiting.splice(0)) this.#socket.emit(event, payload);
    this.#release();
  }

  /** The server does not want this page: no further attempt. */
  refuse() {
    this.#lost("refused by the server");
    this.#enter("refused");
    this.#release();
    this.#socket.disconnect();
  }

  /** socket.io reconnects by itself, except when the server closed the connection. @param {string} reason */
  #disconnected(reason) {
    this.#lost("connection lost");
    if (reason === "io server disconnect" && this.phase !== "refused") {
      this.#timers.after(RECONNECT_MS, () => this.phase === "down" && this.#socket.connect());
    }
  }

  #release() {
    const waiting = [...this.#untilUp];
    this.#untilUp.clear();
    for (const resume of waiting) resume();
  }

  /** @param {string} why */
  #lost(why) {
    if (this.phase !== "refused") this.#enter("down");
    for (const fail of [...this.#inFlight]) fail(why);
  }

  /** @param {Phase} phase */
  #enter(phase) {
    if (phase === this.phase) return;
    this.phase = phase;
    this.#onPhase(phase);
  }

  /** @param {string} event @param {unknown} payload */
  #receive(event, payload) {
    const checked = check(this.#registry, "S->C", event, payload);
    if (checked.ok) return void this.#handlers.get(event)?.(payload);
    this.counters.invalidIn += 1;
    this.#onInvalid({ event, code: checked.code, detail: checked.detail });
  }

  /** Our own nonsense is a bug: it never leaves the page. @param {string} event @param {object} payload */
  #assertOutgoing(event, payload) {
    const checked = check(this.#registry, "C->S", event, payload);
    if (checked.ok) return;
    this.counters.invalidOut += 1;
    throw new Error(`refusing to send: ${checked.code}: ${checked.detail}`);
  }
}
