/**
 * The peer links of one session, by seat: signals in and out, channels to the worker, reports to the server.
 *
 * Signals that arrive before the session was assigned here wait (a peer may be told earlier); stale generations are dropped and counted.
 *
 * @typedef {import("./types.js").SessionConfig} SessionConfig
 * @typedef {import("./types.js").Signal} Signal
 * @typedef {import("./types.js").Link} Link
 * @typedef {import("./types.js").LinkOptions} LinkOptions
 */

export const FIRST_GENERATION = 0;
/** Signals kept for a session not yet assigned; the newest are dropped and counted. */
export const EARLY_LIMIT = 256;

export class Links {
  counters = { early: 0, droppedEarly: 0, droppedStale: 0, droppedStrange: 0, sent: 0, received: 0 };
  /** @type {SessionConfig|null} */
  #session = null;
  /** @type {Map<number, Link>} */
  #links = new Map();
  /** Links that told a state and no route yet. @type {Map<number, any>} */
  #routeless = new Map();
  /** @type {Signal[]} */
  #early = [];
  #createLink;
  #send;
  #onChannel;
  #onState;

  /**
   * @param {object} options
   * @param {(options: LinkOptions) => Link} options.createLink
   * @param {(signal: Signal) => void} options.send
   * @param {(handover: {peerSeat: number, label: "input"|"control", channel: any, isPort: boolean}) => void} options.onChannel
   * @param {(report: {sessionId: string, peerSeat: number, state: any, route: unknown}) => void} options.onState
   */
  constructor({ createLink, send, onChannel, onState }) {
    this.#createLink = createLink;
    this.#send = send;
    this.#onChannel = onChannel;
    this.#onState = onState;
  }

  /** Opens one link to every other seat, after closing those of an earlier session. @param {SessionConfig} config */
  open(config) {
    this.close();
    this.#session = config;
    for (let seat = 0; seat < config.seats; seat += 1) {
      if (seat !== config.seat) this.#links.set(seat, this.#create(config, seat));
    }
    const early = this.#early.splice(0);
    for (const signal of early) if (signal.session_id === config.session_id) this.receive(signal);
  }

  /** The browser knows the route a moment after the connection stands, at first and after a restart: links that could not tell it do so now. */
  tellRoutes() {
    const { session_id } = this.#session ?? {};
    if (session_id === undefined) return;
    for (const seat of this.#routeless.keys()) void this.#tellRoute(session_id, seat);
  }

  close() {
    this.#session = null;
    this.#routeless.clear();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  /** A signal of another seat, forwarded by the server. @param {Signal} signal */
  receive(signal) {
    if (signal.session_id !== this.#session?.session_id) return this.#keepEarly(signal);
    if (signal.generation !== FIRST_GENERATION) {
      this.counters.droppedStale += 1;
      return;
    }
    const link = this.#links.get(signal.seat);
    if (link === undefined) {
      this.counters.droppedStrange += 1;
      return;
    }
    this.counters.received += 1;
    link.receive(signal.kind, signal.payload);
  }

  /** @param {Signal} signal */
  #keepEarly(signal) {
    if (this.#early.length >= EARLY_LIMIT) {
      this.counters.droppedEarly += 1;
      return;
    }
    this.counters.early += 1;
    this.#early.push(signal);
  }

  /** @param {SessionConfig} config @param {number} peerSeat @returns {Link} */
  #create({ session_id, seat, ice }, peerSeat) {
    const generation = FIRST_GENERATION;
    return this.#createLink({
      localSeat: seat,
      peerSeat,
      generation,
      ice,
      signal: (kind, payload) => {
        this.counters.sent += 1;
        this.#send({ session_id, seat: peerSeat, generation, kind, payload });
      },
      onChannel: (label, channel, isPort) => this.#onChannel({ peerSeat, label, channel, isPort }),
      onState: (state) => void this.#report(session_id, peerSeat, state),
    });
  }

  /** @param {string} sessionId @param {number} peerSeat @param {any} state */
  async #report(sessionId, peerSeat, state) {
    const route = await this.#route(peerSeat);
    if (known(route)) this.#routeless.delete(peerSeat);
    else this.#routeless.set(peerSeat, state);
    this.#onState({ sessionId, peerSeat, state, route });
  }

  /** Says nothing while there is nothing new to say. @param {string} sessionId @param {number} peerSeat */
  async #tellRoute(sessionId, peerSeat) {
    const route = await this.#route(peerSeat);
    const state = this.#routeless.get(peerSeat);
    if (state === undefined || !known(route) || this.#session?.session_id !== sessionId) return;
    this.#routeless.delete(peerSeat);
    this.#onState({ sessionId, peerSeat, state, route });
  }

  /** @param {number} peerSeat @returns {Promise<{route: string} | undefined>} */
  async #route(peerSeat) {
    return /** @type {{route: string} | undefined} */ (await this.#links.get(peerSeat)?.route());
  }
}

/** @param {{route: string} | undefined} route */
function known(route) {
  return route !== undefined && route.route !== "unknown";
}
