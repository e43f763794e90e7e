/**
 * One end of the connection between two seats, on the page: negotiation, and handing its channels to the worker.
 *
 * The lower seat creates both channels and offers; the other one answers. Signals are handled one after another, in the
 * order of their arrival; candidates wait for the remote description (WEBRTC-02).
 *
 * A path that the browser reports lost is asked for again by an ICE restart, which keeps the channels and what waits in them. The lower
 * seat offers it; a higher seat that sees the loss first asks for the offer. Offers are numbered: an answer to an older one is dropped.
 * An offer that stays without an answer is sent again under the next number, and is the same offer.
 *
 * @module
 */

import { relay } from "./relay.js";
import { ATTEMPTS, Revival } from "./revival.js";
import { routeOf } from "./route.js";

/** @import { DataChannel, Label, Port } from "./channel.js" */
/** @import { Route } from "./route.js" */

/** @typedef {"offer" | "answer" | "candidate" | "end" | "restart"} SignalKind restart: of the higher seat, asks for an offer */
/** @typedef {"new" | "connecting" | "connected" | "disconnected" | "failed" | "closed" | "restarting"} PeerState */

/**
 * @typedef {object} PeerLinkOptions
 * @property {number} localSeat
 * @property {number} peerSeat
 * @property {number} generation stands beside every signal; who calls drops signals of another one
 * @property {RTCConfiguration} ice
 * @property {(kind: SignalKind, payload: any) => void} signal to the peer; called with plain data
 * @property {(label: Label, channel: any, isPort: boolean) => void} onChannel must post it to the worker at once; an
 *   RTCDataChannel first, and if that throws DataCloneError a MessagePort (isPort) instead
 * @property {(state: PeerState) => void} onState each change once, and each restart that this end offers
 * @property {(ms: number, run: () => void) => (() => void)} after returns what cancels it
 * @property {(ice: RTCConfiguration) => RTCPeerConnection} [connect] for tests
 */

/** Ordered by no one, dropped after this: late inputs are repeated in the next packet (requirements 0.6). */
export const INPUT_LIFETIME_MS = 100;
/** An offer without an answer is sent again after this: a signal to a page whose socket is away reaches nobody. */
export const ANSWER_MS = 4_000;
/** Candidates kept until the remote description is there; a browser gathers far fewer. */
export const EARLY_CANDIDATES = 256;

/** @type {Readonly<Record<Label, RTCDataChannelInit>>} */
const CHANNELS = Object.freeze({
  input: { ordered: false, maxPacketLifeTime: INPUT_LIFETIME_MS },
  control: { ordered: true },
});
const LABELS = /** @type {Label[]} */ (Object.keys(CHANNELS));

export class PeerLink {
  counters = { received: 0, earlyCandidates: 0, droppedCandidates: 0, refusedCandidates: 0, strangeSignals: 0, strangeChannels: 0, restarts: 0, repeatedOffers: 0 };
  /** What went wrong in the negotiation; null if nothing did. @type {string | null} */
  error = null;
  #options;
  #connection;
  /** @type {(RTCIceCandidateInit | null)[]} null: the end of the candidates */
  #early = [];
  /** @type {PeerState} */
  #told = "new";
  #work = Promise.resolve();
  /** A description could not be used: nothing more is negotiated. */
  #broken = false;
  /** Number of the newest offer. */
  #offers = -1;
  /** Number under which its description was sent first. */
  #firstSent = 0;
  /** Of the wait for its answer. @type {() => void} */
  #cancelRepeat = () => {};
  #revival;

  /** @param {PeerLinkOptions} options */
  constructor(options) {
    this.#options = options;
    const connect = options.connect ?? ((ice) => new RTCPeerConnection(ice));
    this.#connection = connect(options.ice);
    this.#connection.onicecandidate = ({ candidate }) => this.#tellCandidate(candidate);
    this.#connection.onconnectionstatechange = () => {
      this.#tellState(this.#connection.connectionState);
      this.#revival.seen(this.#connection.connectionState);
    };
    this.#connection.ondatachannel = ({ channel }) => this.#take(channel);
    const attempt = this.#offerer ? () => this.#restart() : () => options.signal("restart", {});
    this.#revival = new Revival({ attempt, after: options.after });
    if (this.#offerer) this.#offer();
  }

  /** @returns {number} */
  get generation() {
    return this.#options.generation;
  }

  /**
   * A signal of the peer, of this generation.
   *
   * @param {SignalKind} kind
   * @param {any} payload
   */
  receive(kind, payload) {
    this.counters.received += 1;
    this.#then(() => this.#handle(kind, payload));
  }

  /** @returns {Promise<Route>} the path in use; unknown before there is one and after the end */
  async route() {
    if (this.#connection.connectionState === "closed") return { route: "unknown", candidates: null };
    return routeOf(await this.#connection.getStats());
  }

  close() {
    this.#revival.stop();
    this.#cancelRepeat();
    this.#connection.close();
  }

  /** @returns {boolean} */
  get #offerer() {
    return this.#options.localSeat < this.#options.peerSeat;
  }

  #offer() {
    for (const label of LABELS) this.#handOver(label, this.#connection.createDataChannel(label, CHANNELS[label]));
    this.#then(() => this.#describe("offer", this.#offers + 1));
  }

  #restart() {
    this.#then(async () => {
      this.counters.restarts += 1;
      this.#told = "restarting";
      this.#options.onState("restarting");
      this.#connection.restartIce();
      await this.#describe("offer", this.#offers + 1);
    });
  }

  /** @param {"offer" | "answer"} kind makes the local description and sends it @param {number} number of the offer */
  async #describe(kind, number) {
    this.#offers = number;
    await this.#connection.setLocalDescription();
    const { sdp } = /** @type {RTCSessionDescription} */ (this.#connection.localDescription);
    this.#options.signal(kind, { type: kind, sdp, number });
    if (kind !== "offer") return;
    this.#firstSent = number;
    this.#repeatUnanswered(sdp);
  }

  /** A lost path has its own attempts, each of which makes an offer anew. @param {string} sdp */
  #repeatUnanswered(sdp) {
    this.#cancelRepeat();
    this.#cancelRepeat = this.#options.after(ANSWER_MS, () => {
      const unanswered = this.#connection.signalingState === "have-local-offer" && !this.#broken && !this.#revival.trying;
      if (!unanswered || this.#offers - this.#firstSent >= ATTEMPTS) return;
      this.#offers += 1;
      this.counters.repeatedOffers += 1;
      this.#options.signal("offer", { type: "offer", sdp, number: this.#offers });
      this.#repeatUnanswered(sdp);
    });
  }

  /**
   * @param {SignalKind} kind
   * @param {any} payload
   */
  async #handle(kind, payload) {
    if (kind === "candidate") return this.#candidate(payload);
    if (kind === "end") return this.#candidate(null);
    if (kind === "restart" && this.#offerer) return this.#revival.trying ? undefined : this.#restart();
    if (!this.#expected(kind, payload?.number)) {
      this.counters.strangeSignals += 1;
      return undefined;
    }
    await this.#connection.setRemoteDescription({ type: /** @type {"offer" | "answer"} */ (kind), sdp: payload.sdp });
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (kind === "offer") return this.#describe("answer", payload.number);
    // A restart that only the other end needed changes no state here.
    return this.#connection.connectionState === "connected" ? this.#tellState("connected") : undefined;
  }

  /**
   * @param {SignalKind} kind
   * @param {unknown} number of the offer
   * @returns {boolean} the answer to the newest offer, whichever sending of it, or a newer offer
   */
  #expected(kind, number) {
    if (typeof number !== "number") return false;
    if (!this.#offerer) return kind === "offer" && number > this.#offers;
    const asked = number >= this.#firstSent && number <= this.#offers;
    return kind === "answer" && asked && this.#connection.signalingState === "have-local-offer";
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #candidate(candidate) {
    if (this.#connection.remoteDescription !== null) return this.#addCandidate(candidate);
    if (this.#early.length >= EARLY_CANDIDATES) {
      this.counters.droppedCandidates += 1;
      return undefined;
    }
    this.counters.earlyCandidates += 1;
    this.#early.push(candidate);
    return undefined;
  }

  /** @param {RTCIceCandidateInit | null} candidate one that this browser does not understand is no reason to stop */
  async #addCandidate(candidate) {
    try {
      await this.#connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (this.#connection.connectionState === "closed") return;
      this.counters.refusedCandidates += 1;
      this.error = String(error);
    }
  }

  /** @param {RTCIceCandidate | null} candidate */
  #tellCandidate(candidate) {
    if (candidate === null || candidate.candidate === "") this.#options.signal("end", {});
    else this.#options.signal("candidate", candidate.toJSON());
  }

  /** @param {RTCDataChannel} channel that the offerer made */
  #take(channel) {
    const label = LABELS.find((known) => known === channel.label);
    if (label !== undefined) return this.#handOver(label, channel);
    this.counters.strangeChannels += 1;
    return channel.close();
  }

  /**
   * At once: a channel on which something was sent cannot be moved any more.
   *
   * @param {Label} label
   * @param {RTCDataChannel} channel
   */
  #handOver(label, channel) {
    channel.binaryType = "arraybuffer";
    try {
      this.#options.onChannel(label, channel, false);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "DataCloneError") throw error;
      const { port1, port2 } = new MessageChannel();
      relay(/** @type {DataChannel} */ (channel), /** @type {Port} */ (port1));
      this.#options.onChannel(label, port2, true);
    }
  }

  /** @param {PeerState} state */
  #tellState(state) {
    if (state === this.#told) return;
    this.#told = state;
    this.#options.onState(state);
  }

  /** @param {() => Promise<void>} step runs after all earlier ones; the first that fails ends the negotiation */
  #then(step) {
    this.#work = this.#work.then(async () => {
      if (this.#connection.connectionState === "closed" || this.#broken) return;
      try {
        await step();
      } catch (error) {
        if (this.#connection.signalingState === "closed") return; // closed under way
        this.error = String(error);
        this.#broken = true;
        this.#revival.stop();
        this.#tellState("failed");
      }
    });
  }
}
