/**
 * Short forms for tests of the core.
 *
 * @module
 */

import { Session } from "../../src/core/session.js";

/** @import { AdvanceResult, Input, Request, SessionOptions } from "../../src/core/types.js" */

/**
 * @param {number} action
 * @param {Partial<Input>} [flags]
 * @returns {Input}
 */
export function press(action, flags = {}) {
  return { action, focused: true, auto: false, ...flags };
}

/**
 * @param {Request[]} requests
 * @returns {string[]} "load 3", "advance 3 1c 0p" (action and status of each seat), "save 4", "release 2"
 */
export function brief(requests) {
  return requests.map((request) => {
    if (request.kind !== "advance") return `${request.kind} ${request.frame}`;
    const seats = request.inputs.map(({ action }, seat) => `${action}${request.status[seat][0]}`);
    return [`advance ${request.frame}`, ...seats].join(" ");
  });
}

/**
 * @param {Partial<SessionOptions>} [options]
 * @returns {Session} two seats, own seat 0, no delay, limit 4, idle 0
 */
export function makeSession(options = {}) {
  return new Session({ seats: 2, localSeat: 0, inputDelayFrames: 0, predictionLimitFrames: 4, idleAction: 0, epoch: 1, ...options });
}

/**
 * Give the own input and advance.
 *
 * @param {Session} session
 * @param {number} [action]
 * @param {{endFrame?: number | null}} [hold]
 * @returns {AdvanceResult}
 */
export function tick(session, action = 1, hold = {}) {
  const { from, to } = session.ownInputsDue;
  for (let frame = from; frame < to; frame += 1) session.addLocalInput(frame, press(action));
  return session.advance(hold);
}
