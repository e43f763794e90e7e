/**
 * The environment host (igym_env.host) as values: text in, text out, one call for each batch.
 *
 * A row is a text inside the answer and stays one: JavaScript never parses it, so 1 and 1.0 stay distinct.
 *
 * @module
 */

/** @import { FinalRow, Input, Request } from "../core/types.js" */
/** @import { Spec } from "./messages.js" */

/**
 * The kept functions of Python; tests have a toy.
 *
 * @typedef {object} TextHost
 * @property {() => string} describe
 * @property {(options: string) => string} start
 * @property {(requests: string, display: boolean) => string} run
 * @property {(text: string) => string} digest SHA-256 of the UTF-8 text, 64 hex characters
 * @property {(frame: number) => string} dump the bytes whose hash is that of a final frame, base64; empty when they are gone
 * @property {(frame: number) => void} flip test profile only: one bit of the state is wrong after this frame
 */

/** @typedef {any[]} Display display list, drawn by the page */

const FOCUSED = 1;
const AUTO = 2;

/**
 * @param {Input} input
 * @returns {[action: number, flags: number]} as the host and the input log's hash know it
 */
export function inputPair({ action, focused, auto }) {
  return [action, (focused ? FOCUSED : 0) | (auto ? AUTO : 0)];
}

export class Host {
  /** @type {Spec} */
  spec;
  #text;

  /** @param {TextHost} text */
  constructor(text) {
    this.#text = text;
    this.spec = JSON.parse(text.describe());
  }

  /**
   * @param {{seed: number, episode: number, max_steps: number | null, observe?: boolean}} options observe: final rows come with observations
   * @returns {{hash: string, display: Display}} of S(0), which is saved
   */
  start(options) {
    return JSON.parse(this.#text.start(JSON.stringify(options)));
  }

  /**
   * @param {Request[]} requests carried out in order
   * @param {{display: boolean}} options whether the state at the end is wanted for drawing
   * @returns {{ended: boolean[], rows: FinalRow[], display: Display | null}} ended for each advance, a row for each final
   */
  run(requests, { display }) {
    return JSON.parse(this.#text.run(toHost(requests), display));
  }

  /** @param {number} frame a final one @returns {string} base64 of the bytes that were hashed; empty when they are gone */
  dump(frame) {
    return this.#text.dump(frame);
  }

  /** @param {number} frame */
  flip(frame) {
    this.#text.flip(frame);
  }

  /**
   * @param {string} text
   * @returns {string} 64 hex characters
   */
  digest(text) {
    return this.#text.digest(text);
  }

  /**
   * @param {string} text
   * @returns {string} the first 8 bytes, 16 hex characters
   */
  shortDigest(text) {
    return this.digest(text).slice(0, 16);
  }

  /**
   * @param {{seed: number, sceneId: string, episode: number}} of
   * @returns {number} 32 bits; igym_env.seeds.episode_seed is the same rule (NETC-06)
   */
  episodeSeed({ seed, sceneId, episode }) {
    return Number.parseInt(this.digest(`${seed}|${sceneId}|${episode}`).slice(0, 8), 16);
  }
}

/**
 * Lines, as igym_env.host.request_text writes them; frames that are simulated and saved one after the other are one: `play 7 1,1,3,1;1,1,0,3`.
 *
 * @param {Request[]} requests
 * @returns {string}
 */
function toHost(requests) {
  /** @type {string[]} */
  const lines = [];
  let following = -1;
  for (let index = 0; index < requests.length; index += 1) {
    const request = requests[index];
    const { kind, frame } = request;
    if (kind !== "advance") {
      lines.push(`${kind} ${frame}`);
      following = -1;
      continue;
    }
    const inputs = request.inputs.flatMap(inputPair).join(",");
    const next = requests[index + 1];
    const saved = next?.kind === "save" && next.frame === frame + 1;
    if (saved && frame === following) lines[lines.length - 1] += `;${inputs}`;
    else lines.push(`${saved ? "play" : "advance"} ${frame} ${inputs}`);
    if (saved) index += 1;
    following = saved ? frame + 1 : -1;
  }
  return lines.join("\n");
}
