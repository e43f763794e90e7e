/**
 * The toy world behind the text interface of the environment host.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { hashText, TOY_ACTIONS, ToyWorld } from "./toy-world.js";

/** @import { Request } from "../../src/core/types.js" */
/** @import { TextHost } from "../../src/game/host.js" */

/**
 * @param {{seats: number, maxSteps: number, target?: number, leak?: boolean, seedOffset?: number, onSteps?: (count: number) => void}} options seedOffset: a
 *   planted bug, another start; onSteps: hears how many frames each batch simulated
 * @returns {TextHost}
 */
export function toyHost({ seats, maxSteps, target, leak = false, seedOffset = 0, onSteps = () => {} }) {
  let world = new ToyWorld({ seats, seed: 0, maxSteps, target, leak });
  return {
    describe() {
      const actions = Array.from({ length: TOY_ACTIONS }, (_, index) => `action-${index}`);
      return JSON.stringify({ seats, actions, noop: 0, fps: 30, max_steps: maxSteps, view: [100, 100], keys: { KeyA: "action-1" }, one_shot: [3] });
    },
    start(text) {
      const { seed } = JSON.parse(text);
      world = new ToyWorld({ seats, seed: seed + seedOffset, maxSteps, target, leak });
      return JSON.stringify({ hash: hashText(String(seed + seedOffset)), display: [] });
    },
    run(text) {
      const { requests, display } = JSON.parse(text);
      const { ended, rows } = world.run(requests.map(fromText));
      onSteps(ended.length);
      return JSON.stringify({ ended, rows, display: display ? [] : null });
    },
    dump: () => "",
    flip() {},
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
}

/** The session seed and scene of every simulated session; episodes derive theirs. */
export const SESSION = Object.freeze({ seed: 7, sceneId: "toy" });

/** @param {number} episode @returns {number} seed of an episode's world, by the rule of igym_env.seeds */
export function hostSeed(episode) {
  const text = `${SESSION.seed}|${SESSION.sceneId}|${episode}`;
  return Number.parseInt(createHash("sha256").update(text).digest("hex").slice(0, 8), 16);
}

/**
 * @param {[Request["kind"], number, [number, number][]?]} request
 * @returns {Request}
 */
function fromText([kind, frame, pairs]) {
  if (kind !== "advance") return { kind, frame };
  const inputs = (pairs ?? []).map(([action, flags]) => ({ action, focused: (flags & 1) !== 0, auto: (flags & 2) !== 0 }));
  return { kind, frame, inputs, status: inputs.map(() => "confirmed") };
}
