/**
 * The options of a session, checked against their ranges.
 *
 * @module
 */

/** @import { SessionOptions } from "./types.js" */

/**
 * @param {SessionOptions} options
 * @returns {Readonly<Required<SessionOptions>>} complete and frozen
 * @throws {RangeError} names the option, its value and its range
 */
export function checkedOptions(options) {
  const complete = { oneShotActions: [], ...options };
  for (const [name, low, high] of ranges(options.seats)) {
    const value = complete[name];
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`${name} is ${String(value)}; it must be an integer in ${low}..${high}`);
    }
  }
  return Object.freeze(complete);
}

/**
 * @param {number} seats
 * @returns {[Exclude<keyof SessionOptions, "oneShotActions">, number, number][]} name, lowest, highest
 */
function ranges(seats) {
  return [
    ["seats", 1, 8],
    ["localSeat", 0, seats - 1],
    ["inputDelayFrames", 0, 60],
    ["predictionLimitFrames", 1, 600],
    ["idleAction", 0, 2 ** 32 - 1],
    ["epoch", 0, 1023],
  ];
}
