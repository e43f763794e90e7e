/**
 * The page: takes what server, game and participant say, in order, and decides what is shown.
 *
 * @typedef {import("./types.js").View} View
 * @typedef {import("./types.js").Scene} Scene
 * @typedef {import("./types.js").Ack} Ack
 * @typedef {import("./types.js").Parts<Page>} Parts
 */
import { ClientLog } from "./client-log.js";
import { Game } from "./game.js";
import { Journal } from "./journal.js";
import { ServerPings } from "./pings.js";
import { Presenter, referenceOf } from "./presenter.js";
import { Server } from "./server.js";

export const OFFLINE_NOTICE_MS = 2_000;

export class Page {
  journal;
  pings;
  server;
  game;
  /** A scene behind the end screen, shown when the participant goes on. @type {Scene|null} */
  #held = null;
  #testProfile = false;
  /** The newest session of which the end was told. @type {string|null} */
  #endedSession = null;
  #cancelOffline = () => {};
  #parts;
  #log;
  #screen;

  /** @param {Parts} parts */
  constructor(parts) {
    const { clock, timers, spawnWorker, createLink, draw, render } = parts;
    this.#parts = parts;
    this.journal = new Journal(clock);
    this.#screen = new Presenter({
      render,
      onChange: (change) => this.journal.add("state", change),
      onRefused: (text) => this.warn("refused-transition", text),
    });
    this.server = new Server({
      ...parts,
      hello: () => ({ participant_id: parts.participantId, page_id: parts.pageId, tab_id: parts.tabId, registry_version: parts.registryVersion }),
      onHello: (ack) => this.#greeted(ack),
      onInvalid: ({ event, code, detail }) => this.warn("invalid-event", `${event}: ${code}: ${detail}`),
      onPhase: (phase) => this.#connection(phase),
    });
    this.#log = new ClientLog({ send: (event, payload) => this.server.send(event, payload), clock });
    this.pings = new ServerPings({ ask: (event, payload) => this.server.ask(event, payload), clock });
    this.game = new Game({
      ...{ server: this.server, journal: this.journal, clock, after: timers.after, spawnWorker, createLink, draw },
      on: {
        loading: (load) => this.#screen.show({ load }),
        ready: () => this.#loaded(),
        countdown: (countdown) => void this.#screen.go("countdown", { countdown }),
        playing: () => void this.#screen.go("play"),
        note: (note) => this.#screen.show({ note }),
        failed: (kind, text) => this.fail(kind, text),
        warn: (kind, text) => this.warn(kind, text),
      },
    });
    this.#listen();
  }

  start() {
    this.#screen.show();
    this.server.open();
  }

  /** The participant goes on: the button of a page scene, or of an end screen with a scene behind it. */
  async proceed() {
    if (this.#held !== null) return this.#showHeld(this.#held);
    const { scene, busy } = this.#screen.facts;
    if (this.#screen.state !== "instructions" || busy || scene === null) return;
    this.#screen.show({ busy: true });
    try {
      const ack = await this.server.request("scene_advance", { scene_id: scene.scene_id, values: {} });
      if (!ack.ok) this.warn("scene-advance", `${ack.code}`);
    } catch (error) {
      this.fail("server", String(error));
    } finally {
      this.#screen.show({ busy: false });
    }
  }

  /** The page was hidden, shown, left or entered. @param {{hidden: boolean, focused: boolean}} visibility */
  visibility(visibility) {
    this.journal.add("visibility", visibility);
    this.game.supervisor.visibility(visibility);
  }

  #listen() {
    const { server } = this;
    server.on("page_rejected", ({ code, message }) => this.#rejected(code, message));
    server.on("scene_activate", (scene) => this.#activate(scene));
    server.on("lobby_state", (lobby) => this.#screen.show({ lobby }));
    server.on("session_assigned", (config) => this.#assigned(config));
    server.on("link_signal", (signal) => this.game.links.receive(signal));
    server.on("session_end", (end) => this.#ended(end));
    server.on("event_error", ({ event, code, detail }) => this.warn("event-error", `${event}: ${code}: ${detail}`));
  }

  /** @param {Ack} ack */
  #greeted(ack) {
    this.journal.add("hello", { ok: ack.ok, stage: ack.stage, resumed: ack.resumed });
    if (!ack.ok) return this.#rejected(ack.code ?? "refused", ack.message ?? null);
    if (ack.profile === "test") this.#beTestable();
    if (ack.runtime) this.game.load(ack.runtime, { testProfile: this.#testProfile });
  }

  #beTestable() {
    if (this.#testProfile) return;
    this.#testProfile = true;
    this.#parts.onTestProfile(this);
  }

  /** @param {import("./server.js").Phase} phase */
  #connection(phase) {
    this.journal.add("connection", { phase });
    if (phase === "greeting") return;
    this.#cancelOffline();
    if (phase === "up") this.game.outbox.online();
    if (phase !== "down") return this.#screen.show({ offline: false });
    this.#cancelOffline = this.#parts.timers.after(OFFLINE_NOTICE_MS, () => this.#screen.show({ offline: true }));
  }

  /** @param {string} code @param {string|null} message */
  #rejected(code, message) {
    this.server.refuse();
    this.fail("rejected", code, message);
  }

  /** @param {Scene} scene */
  #activate(scene) {
    this.journal.add("scene", { scene_id: scene.scene_id, scene_kind: scene.kind });
    if (this.#screen.state === "partner-left") return this.#hold(scene);
    const repeated = scene.scene_id === this.#screen.facts.scene?.scene_id && this.game.session !== null;
    if (!repeated) this.#enter(scene); // a reconnection during the game repeats the scene
  }

  /** @param {Scene} scene */
  #enter(scene) {
    this.game.leave();
    if (scene.kind === "game") this.#prepare(scene);
    else this.#screen.go(scene.kind, { scene, lobby: null });
  }

  /** A game is joined when its environment is ready to play. @param {Scene} scene */
  #prepare(scene) {
    const { game } = this;
    if (scene.config.runtime) game.load(scene.config.runtime, { testProfile: this.#testProfile });
    if (game.supervisor.state !== "ready") return void this.#screen.go("prepare", { scene, lobby: null });
    if (this.#screen.go("lobby", { scene, lobby: null })) void this.#join(scene);
  }

  #loaded() {
    const { scene } = this.#screen.facts;
    if (this.#screen.state === "loading" && scene?.kind === "game") this.#prepare(scene);
  }

  /** @param {Scene} scene */
  async #join(scene) {
    try {
      const ack = await this.server.request("lobby_join", { scene_id: scene.scene_id });
      if (!ack.ok) this.fail("server", `lobby_join: ${ack.code}`);
    } catch (error) {
      this.fail("server", String(error));
    }
  }

  /** @param {import("./types.js").SessionConfig} config */
  #assigned(config) {
    if (config.session_id === this.game.session?.session_id) return;
    if (config.profile === "test") this.#beTestable();
    if (!this.#screen.go("assigned")) return;
    const keys = this.game.begin(config);
    this.#screen.show({ keys, role: this.game.role });
  }

  /** @param {import("./types.js").SessionEnd} end */
  #ended(end) {
    if (end.session_id === this.#endedSession) return; // told again after a reconnection, in case it was lost
    this.#endedSession = end.session_id;
    this.journal.add("session-end", { ...end });
    if (this.game.session !== null && end.session_id !== this.game.session.session_id) return;
    if (end.reason !== "completed") {
      if (this.#screen.go("cut", { end })) this.game.partnerLeft();
      return;
    }
    this.game.complete();
    if (end.next === "stay") this.#screen.go("completed", { end }); // else the next scene is on its way
  }

  /** The end screen stays until the participant goes on, and only if a scene may follow. @param {Scene} scene */
  #hold(scene) {
    if (this.#screen.facts.end?.next !== "advance") return;
    this.#held = scene;
    this.#screen.show({ more: true });
  }

  /** @param {Scene} scene */
  #showHeld(scene) {
    this.#held = null;
    this.#screen.show({ more: false, end: null });
    this.#enter(scene);
  }

  /**
   * This page cannot go on; the participant gets a reference, the experimenter the reason.
   * @param {string} kind
   * @param {string} text            for the log
   * @param {string|null} [message]  of the server, for the participant
   */
  fail(kind, text, message = null) {
    const reference = referenceOf(kind, this.#parts.pageId);
    this.warn(kind, `${reference}: ${text}`);
    if (this.#screen.state === "error") return;
    if (this.#screen.go("fail", { error: { kind, message, reference } })) this.game.abandon();
  }

  /** Something went wrong that the participant need not know. @param {string} kind @param {string} text */
  warn(kind, text) {
    this.journal.error(kind, text);
    if (this.server.phase !== "refused") this.#log.line("error", `${kind}: ${text}`);
  }

  /** What the test hook shows. */
  snapshot() {
    const { game, server, journal } = this;
    return {
      page: this.#screen.state,
      participantId: this.#parts.participantId,
      sceneId: this.#screen.facts.scene?.scene_id ?? null,
      sessionId: game.lastSession?.session_id ?? null,
      seat: game.lastSession?.seat ?? null,
      actions: game.supervisor.spec?.actions ?? null,
      keys: game.lastSession === null ? null : this.#screen.facts.keys,
      serverPings: this.pings.samples,
      socketConnected: server.phase === "up",
      socketReconnects: Math.max(0, server.counters.connects - 1),
      worker: game.supervisor.status,
      seals: game.seals,
      errors: journal.errors,
      uploads: { ...game.outbox.counters, pending: game.outbox.pending },
      signals: game.links.counters,
    };
  }
}
