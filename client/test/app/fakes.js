/** Stand-ins for the rim: timers that a test winds, a socket and a worker that a test answers. */

/** Timers in virtual time. */
export class FakeTimers {
  nowMs = 0;
  /** @type {{dueMs: number, run: () => void}[]} */
  #due = [];

  after = (/** @type {number} */ ms, /** @type {() => void} */ run) => {
    const entry = { dueMs: this.nowMs + ms, run };
    this.#due.push(entry);
    return () => void (this.#due = this.#due.filter((other) => other !== entry));
  };

  /** Runs everything due within the next ms, in order of time. @param {number} ms */
  async pass(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = this.#due.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((entry) => entry !== next);
      this.nowMs = next.dueMs;
      next.run();
      await settle();
    }
    this.nowMs = untilMs;
  }
}

/** Lets everything already promised run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export class FakeSocket {
  connected = false;
  /** @type {{event: string, payload: any, ack: ((answer: any) => void)|undefined}[]} */
  sent = [];
  /** @type {Map<string, ((...values: any[]) => void)[]>} */
  #handlers = new Map();

  /** @param {string} event @param {(...values: any[]) => void} handler */
  on(event, handler) {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
  }

  /** @param {string} event @param {any} payload @param {(answer: any) => void} [ack] */
  emit(event, payload, ack) {
    this.sent.push({ event, payload, ack });
  }

  connect() {
    this.connected = true;
    this.fire("connect");
  }

  disconnect() {
    this.connected = false;
  }

  /** The network took the connection. @param {string} [reason] */
  drop(reason = "transport close") {
    this.connected = false;
    this.fire("disconnect", reason);
  }

  /** @param {string} event @param {...any} values */
  fire(event, ...values) {
    for (const handler of this.#handlers.get(event) ?? []) handler(...values);
  }

  /** What was sent under this name. @param {string} event */
  named(event) {
    return this.sent.filter((message) => message.event === event);
  }

  /** Acknowledges the newest message of this name. @param {string} event @param {any} [answer] */
  async answer(event, answer = { ok: true }) {
    this.named(event).at(-1)?.ack?.(answer);
    await settle();
  }
}

export class FakeWorker {
  /** @type {any[]} */
  posted = [];
  terminated = false;
  /** @type {Map<string, (event: any) => void>} */
  #listeners = new Map();

  /** @param {any} message */
  postMessage(message) {
    this.posted.push(message);
  }

  terminate() {
    this.terminated = true;
  }

  /** @param {string} type @param {(event: any) => void} listener */
  addEventListener(type, listener) {
    this.#listeners.set(type, listener);
  }

  /** @param {any} data */
  say(data) {
    this.#listeners.get("message")?.({ data });
  }

  /** @param {any} event */
  crash(event) {
    this.#listeners.get("error")?.(event);
  }

  types() {
    return this.posted.map((message) => message.type);
  }
}

/** A registry of the shape that the server's is. */
export const REGISTRY = {
  page_hello: { direction: "C->S", fields: { participant_id: "s", page_id: "s", tab_id: "s?", registry_version: "i" } },
  scene_advance: { direction: "C->S", fields: { scene_id: "s", values: "j" } },
  lobby_join: { direction: "C->S", fields: { scene_id: "s" } },
  page_ping: { direction: "C->S", fields: { seq: "i" } },
  data_chunk: {
    direction: "C->S",
    fields: { session_id: "s", episode: "i", seat: "i", kind: "s", seq: "i", first_frame: "i", last_frame: "i", rows: "[s]", sha256: "s" },
  },
  session_leave: { direction: "C->S", fields: { session_id: "s", reason: "s" } },
  episode_report: { direction: "C->S", fields: { session_id: "s", episode: "i", phase: "s", frame: "i" } },
  client_log: { direction: "C->S", fields: { level: "s", text: "s", t_ms: "f" } },
  link_signal: { direction: "both", fields: { session_id: "s", seat: "i", generation: "i", kind: "s", payload: "j" } },
  page_rejected: { direction: "S->C", fields: { code: "s", message: "s?" } },
  scene_activate: { direction: "S->C", fields: { scene_id: "s", kind: "s", index: "i", total: "i", config: "j" } },
  lobby_state: { direction: "S->C", fields: { phase: "s", waiting_count: "i?", group_size: "i", message: "s?" } },
  session_assigned: { direction: "S->C", fields: { session_id: "s", seat: "i", seats: "i", keys: "j", ice: "j", profile: "s" } },
  session_end: { direction: "S->C", fields: { session_id: "s", reason: "s", outcome: "s", message: "s", next: "s" } },
  event_error: { direction: "S->C", fields: { event: "s", code: "s", detail: "s" } },
};
