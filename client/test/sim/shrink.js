/**
 * Makes a failing plan smaller while it keeps failing: fewer frames, fewer seats, fewer faults.
 *
 * @module
 */

/** @import { Rule } from "../support/link.js" */
/** @import { Plan } from "./plan.js" */

const SMALLEST_FRAMES = 30;

/**
 * @param {Plan} plan
 * @param {(plan: Plan) => boolean} fails
 * @param {{tries?: number}} [options] how many smaller plans may be played
 * @returns {Plan}
 */
export function shrink(plan, fails, { tries = 200 } = {}) {
  let smallest = plan;
  let left = tries;
  for (let better = true; better && left > 0; ) {
    better = false;
    for (const candidate of smaller(smallest)) {
      if (left <= 0) break;
      left -= 1;
      if (!fails(candidate)) continue;
      smallest = candidate;
      better = true;
      break;
    }
  }
  return smallest;
}

/**
 * @param {Plan} plan
 * @returns {Generator<Plan>} the boldest cuts first
 */
export function* smaller(plan) {
  if (plan.episodes > 1) yield { ...plan, episodes: 1 };
  if (plan.frames > SMALLEST_FRAMES) yield { ...plan, frames: Math.max(SMALLEST_FRAMES, plan.frames >> 1) };
  if (plan.seats > 2) yield withoutLastSeat(plan);
  for (const name of /** @type {const} */ (["kill", "flip", "limitFrames"])) if ((plan[name] ?? null) !== null) yield { ...plan, [name]: null };
  for (const seat of plan.machines.keys()) if (Object.keys(plan.machines[seat]).length > 0) yield { ...plan, machines: plan.machines.with(seat, {}) };
  for (const [name, rule] of Object.entries(plan.links)) yield* withRule(plan, name, rule);
}

/** @param {Plan} plan @returns {Plan} what happens to the last seat goes with it */
function withoutLastSeat(plan) {
  const seats = plan.seats - 1;
  const kept = (/** @type {{seat: number} | null | undefined} */ one) => (one && one.seat < seats ? one : null);
  return /** @type {Plan} */ ({ ...plan, seats, machines: plan.machines.slice(0, -1), kill: kept(plan.kill), flip: kept(plan.flip) });
}

/**
 * @param {Plan} plan
 * @param {string} name
 * @param {Rule} rule
 * @returns {Generator<Plan>}
 */
function* withRule(plan, name, rule) {
  const { [name]: _gone, ...others } = plan.links;
  yield { ...plan, links: others };
  for (const fault of Object.keys(rule)) {
    const { [fault]: _dropped, ...rest } = /** @type {{[fault: string]: any}} */ (rule);
    if (Object.keys(rest).length > 0) yield { ...plan, links: { ...others, [name]: rest } };
  }
}
