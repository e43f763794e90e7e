/**
 * One page's part in a game: worker, links and uploads around the session it was assigned.
 *
 * @typedef {import("./types.js").SessionConfig} SessionConfig
 * @typedef {import("./types.js").FromWorker} FromWorker
 * @typedef {import("./types.js").Status} Status
 * @typedef {import("./types.js").View["note"]} Note
 *
 * @typedef {object} Listeners
 * @property {(progress: {stage: string, fraction: number}) => void} loading
 * @property {() => void} ready                        the environment can be played
 * @property {(seconds: number) => void} countdown     whole seconds left
 * @property {() => void} playing
 * @property {(note: Note) => void} note               what the participant should know meanwhile
 * @property {(kind: string, text: string) => void} failed
 * @property {(kind: string, text: string) => void} warn
 */
import { Links } from "./links.js";
import { chunkParcel, desyncReport, sealParcel } from "./parcels.js";
import { NoAnswer } from "./server.js";
import { SlowPartner } from "./slow-partner.js";
import { Supervisor } from "./supervisor.js";
import { Outbox } from "./uploads.js";

/** Seals kept for the test hook. */
export const SEALS_KEPT = 256;

export class Game {
  /** The running session; null before and after. @type {SessionConfig|null} */
  session = null;
  /** The newest session, kept after its end: late uploads and the hook need it. @type {SessionConfig|null} */
  lastSession = null;
  /** @type {object[]} */
  seals = [];
  supervisor;
  links;
  outbox;
  /** @type {Note} */
  #note = "none";
  #slow = new SlowPartner();
  /** @type {Status["state"]} */
  #phase = "idle";
  /** Of the present episode, as last heard. */
  #frame = 0;
  #server;
  #journal;
  #clock;
  #draw;
  #on;

  /**
   * @param {object} options
   * @param {import("./server.js").Server} options.server
   * @param {import("./journal.js").Journal} options.journal
   * @param {() => number} options.clock   ms
   * @param {(ms: number, run: () => void) => (() => void)} options.after
   * @param {() => import("./supervisor.js").WorkerLike} options.spawnWorker
   * @param {(options: import("./types.js").LinkOptions) => import("./types.js").Link} options.createLink
   * @param {(display: unknown, size: [number, number]) => void} options.draw
   * @param {Listeners} options.on
   */
  constructor({ server, journal, clock, after, spawnWorker, createLink, draw, on }) {
    this.#server = server;
    this.#journal = journal;
    this.#clock = clock;
    this.#draw = draw;
    this.#on = on;
    this.supervisor = new Supervisor({ spawn: spawnWorker, onMessage: (message) => this.#hear(message) });
    this.links = new Links({
      createLink,
      send: (signal) => server.send("link_signal", signal),
      onChannel: (handover) => this.supervisor.channel(handover),
      onState: (report) => this.#reportLink(report),
    });
    this.outbox = new Outbox({
      ask: (event, payload) => server.ask(event, payload),
      after,
      onStored: (parcel) => this.#stored(parcel),
      onGivenUp: (parcel, code) => on.warn("upload-refused", `${parcel.event} ${parcel.payload.session_id}: ${code}`),
    });
  }

  /** @param {import("./types.js").Runtime} runtime @param {{testProfile: boolean}} options */
  load(runtime, options) {
    this.supervisor.load(runtime, options);
  }

  /** @param {SessionConfig} config @returns {Record<string, string>} code -> action; the environment's own map if the session has none */
  begin(config) {
    this.session = config;
    this.lastSession = config;
    this.#phase = "idle";
    this.#slow.reset();
    this.#setNote("none");
    this.supervisor.session(config);
    this.links.open(config);
    const chosen = config.keys ?? {};
    return Object.keys(chosen).length > 0 ? chosen : (this.supervisor.spec?.keys ?? {});
  }

  /** Who this participant is in the running session, as the environment calls the seat. @returns {string|null} */
  get role() {
    return this.session === null ? null : (this.supervisor.spec?.seat_names?.[this.session.seat] ?? null);
  }

  /** The session ended as it should. */
  complete() {
    this.session = null;
    this.links.close();
  }

  /** The session was cut: the worker seals what is final, the uploads go on. */
  partnerLeft() {
    this.session = null;
    this.supervisor.post({ type: "partner-left" });
    this.links.close();
  }

  /** The page goes to another scene. */
  leave() {
    this.session = null;
    this.#setNote("none");
    this.links.close();
  }

  /** This page cannot play on; the others should not wait for it. */
  abandon() {
    const { session } = this;
    this.leave();
    if (session !== null) void this.#tellLeft(session.session_id);
  }

  /** @param {string} sessionId */
  async #tellLeft(sessionId) {
    try {
      await this.#server.request("session_leave", { session_id: sessionId, reason: "runtime_error" });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#on.warn("session-leave", error.message);
    }
  }

  /** @param {FromWorker} message */
  #hear(message) {
    switch (message.type) {
      case "progress":
        return this.#on.loading(this.supervisor.progress);
      case "ready":
        return this.#on.ready();
      case "failed":
        return this.#on.failed("runtime", `${message.error.name}: ${message.error.text}\n${message.error.trace ?? ""}`);
      case "status":
        return this.#watch(message.status);
      case "draw":
        return this.#draw(message.display, this.supervisor.spec?.view ?? [1, 1]);
      case "countdown":
        return this.session === null ? undefined : this.#on.countdown(Math.ceil(message.seconds));
      case "chunk":
      case "seal":
        return this.#upload(message);
      case "desync":
        return void this.#reportDesync(message);
      case "event":
        return this.#happened(message.event);
      case "finished":
        return this.#setNote("saving");
    }
  }

  /** @param {Status} status */
  #watch(status) {
    const { session } = this;
    if (session === null) return;
    this.#frame = status.frame;
    const changed = status.state !== this.#phase;
    this.#phase = status.state;
    if (changed) this.#reportEpisode(session.session_id, status);
    this.links.tellRoutes();
    if (changed && status.state === "playing") this.#on.playing();
    if (status.state === "playing") this.#setNote(this.#slow.seen(status.frame, this.#clock()) ? "partner-slow" : "none");
    if (status.state === "confirming" || status.state === "done") this.#setNote("saving");
    if (status.state === "countdown") this.#setNote("none");
  }

  /** @param {Extract<FromWorker, {type: "event"}>["event"]} event */
  #happened(event) {
    this.#journal.add(event.kind, event);
    if (event.kind === "link-lost") this.#slow.lost(event.seat);
    if (event.kind === "link-back") this.#slow.back(event.seat);
  }

  /** @param {Note} note */
  #setNote(note) {
    if (note === this.#note) return;
    this.#note = note;
    this.#journal.add("note", { note });
    this.#on.note(note);
  }

  /** @param {Extract<FromWorker, {type: "chunk"|"seal"}>} message */
  #upload(message) {
    const session = this.lastSession;
    if (session === null) return this.#on.warn("upload", `${message.type} without a session`);
    if (message.type === "seal") {
      this.seals.push({ sessionId: session.session_id, episode: message.episode, ...message.seal });
      if (this.seals.length > SEALS_KEPT) this.seals.shift();
    }
    const parcel = message.type === "chunk" ? chunkParcel(message, session) : sealParcel(message, session);
    if (!this.outbox.add(parcel)) this.#on.failed("uploads", "the outbox is full");
  }

  /** @param {Extract<FromWorker, {type: "desync"}>} message */
  async #reportDesync(message) {
    const session = this.lastSession;
    if (session === null) return this.#on.warn("desync", "a difference without a session");
    try {
      await this.#server.request("desync_report", desyncReport(message, session, this.#clock()));
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#on.warn("desync", error.message);
    }
  }

  /** @param {import("./uploads.js").Parcel} parcel */
  #stored(parcel) {
    const { session_id, episode } = parcel.payload;
    if (parcel.event === "episode_seal") return this.#journal.add("seal-stored", { sessionId: session_id, episode });
    const { seat, seq, sha256 } = parcel.payload;
    this.#journal.add("chunk-stored", { sessionId: session_id, episode, seat, seq, sha256 });
    if (session_id === this.lastSession?.session_id) this.supervisor.post({ type: "uploaded", episode, seq });
  }

  /** @param {string} session_id @param {Status} status */
  #reportEpisode(session_id, { state, episode, frame }) {
    this.#server.send("episode_report", { session_id, episode, phase: state, frame });
  }

  /** @param {{sessionId: string, peerSeat: number, state: any, route: any}} report */
  #reportLink({ sessionId, peerSeat, state, route }) {
    this.#journal.add("link", { peerSeat, state, route });
    this.#server.send("link_report", {
      session_id: sessionId,
      peer_seat: peerSeat,
      state: String(state),
      route: route?.route ?? "unknown",
      candidates: route?.candidates ?? null,
      frame: this.#frame,
      t_ms: this.#clock(),
    });
  }
}
