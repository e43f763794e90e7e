/**
 * The toy world behind the text interface of the environment host.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { hashText, TOY_ACTIONS, ToyWorld } from "./toy-world.js";

/** @import { Request } from "../../src/core/types.js" */
/** @import { TextHost } from "../../src/game/host.js" */
/** @import { Answer } from "./toy-world.js" */

/**
 * What may be planted into the world of one seat: see ToyWorld; seedOffset: another start.
 *
 * @typedef {{leak?: boolean, flipFrame?: number, seedOffset?: number}} Planted
 */

/**
 * @param {Planted & {seats: number, maxSteps: number, target?: number, onStart?: () => void, onRun?: (requests: Request[], answer: Answer) => void}} options
 *   onStart, onRun: hear of each episode and of each batch
 * @returns {TextHost}
 */
export function toyHost({ seats, maxSteps, target, leak = false, flipFrame, seedOffset = 0, onStart = () => {}, onRun = () => {} }) {
  let world = new ToyWorld({ seats, seed: 0, maxSteps, target, leak, flipFrame });
  return {
    describe() {
      const actions = Array.from({ length: TOY_ACTIONS }, (_, index) => `action-${index}`);
      return JSON.stringify({ seats, actions, noop: 0, fps: 30, max_steps: maxSteps, view: [100, 100], keys: { KeyA: "action-1" }, one_shot: [TOY_ONE_SHOT] });
    },
    start(text) {
      const { seed } = JSON.parse(text);
      world = new ToyWorld({ seats, seed: seed + seedOffset, maxSteps, target, leak, flipFrame });
      onStart();
      return JSON.stringify({ hash: hashText(String(seed + seedOffset)), display: [] });
    },
    run(text, display) {
      const requests = text.split("\n").flatMap(fromText);
      const answer = world.run(requests);
      onRun(requests, answer);
      const { ended, rows } = answer;
      return JSON.stringify({ ended, rows, display: display ? [] : null });
    },
    dump: () => "",
    flip() {},
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
}

/** The action that nobody repeats. */
export const TOY_ONE_SHOT = 3;

/** The session seed and scene of every simulated session; episodes derive theirs. */
export const SESSION = Object.freeze({ seed: 7, sceneId: "toy" });

/** @param {number} episode @returns {number} seed of an episode's world, by the rule of igym_env.seeds */
export function hostSeed(episode) {
  const text = `${SESSION.seed}|${SESSION.sceneId}|${episode}`;
  return Number.parseInt(createHash("sha256").update(text).digest("hex").slice(0, 8), 16);
}

/**
 * @param {string} line
 * @returns {Request[]}
 */
function fromText(line) {
  const [kind, number, text] = /** @type {[Request["kind"] | "play", string, string]} */ (line.split(" "));
  const frame = Number(number);
  if (kind !== "advance" && kind !== "play") return [{ kind, frame }];
  return text.split(";").flatMap((row, index) => {
    const numbers = row.split(",").map(Number);
    const inputs = Array.from({ length: numbers.length / 2 }, (_, seat) => {
      const [action, flags] = numbers.slice(2 * seat, 2 * seat + 2);
      return { action, focused: (flags & 1) !== 0, auto: (flags & 2) !== 0 };
    });
    /** @type {Request[]} */
    const requests = [{ kind: "advance", frame: frame + index, inputs, status: inputs.map(() => "confirmed") }];
    if (kind === "play") requests.push({ kind: "save", frame: frame + index + 1 });
    return requests;
  });
}
