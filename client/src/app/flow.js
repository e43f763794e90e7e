/**
 * The page as a table: (state, event) -> state. A missing key is refused.
 *
 *   loading ─▶ instructions ─▶ (loading) ─▶ waiting ─▶ connecting ─▶ countdown ⇄ playing ─▶ finished
 *                                              ▲            │             │          │
 *                                              └── re-pool ─┘             └─ partner-left
 *
 * `finished` and `error` are terminal; the way out of `error` is a reload.
 *
 * @typedef {"loading"|"instructions"|"waiting"|"connecting"|"countdown"|"playing"|"partner-left"|"finished"|"error"} State
 * @typedef {"page"|"prepare"|"lobby"|"thanks"|"assigned"|"countdown"|"play"|"completed"|"cut"|"fail"} Event
 *
 * page, thanks   the server activated such a scene
 * prepare        a game scene is active, its environment still loads
 * lobby          in the queue (also: back in the queue)
 * assigned       a seat in a session
 * countdown      all members ready; the first frame is drawn
 * play           frames advance
 * completed      the session ended as it should and no scene follows
 * cut            the session ended early
 * fail           this page cannot go on
 */

/** A transition that the table does not list. */
export class FlowError extends Error {
  /** @param {State} state @param {string} event */
  constructor(state, event) {
    super(`no transition from "${state}" on "${event}"`);
    this.name = "FlowError";
  }
}

/** Where an activated scene leads, whatever came before. @type {Partial<Record<Event, State>>} */
const SCENES = { page: "instructions", prepare: "loading", lobby: "waiting", thanks: "finished" };

/** @type {Record<State, Partial<Record<Event, State>>>} */
export const TABLE = Object.freeze({
  loading: { ...SCENES, completed: "finished", cut: "partner-left", fail: "error" },
  instructions: { ...SCENES, fail: "error" },
  waiting: { ...SCENES, assigned: "connecting", cut: "partner-left", fail: "error" },
  connecting: {
    ...SCENES,
    assigned: "connecting",
    countdown: "countdown",
    play: "playing",
    completed: "finished",
    cut: "partner-left",
    fail: "error",
  },
  countdown: {
    ...SCENES,
    countdown: "countdown",
    play: "playing",
    completed: "finished",
    cut: "partner-left",
    fail: "error",
  },
  playing: {
    ...SCENES,
    countdown: "countdown",
    play: "playing",
    completed: "finished",
    cut: "partner-left",
    fail: "error",
  },
  "partner-left": { ...SCENES },
  finished: {},
  error: {},
});

export const STATES = /** @type {State[]} */ (Object.keys(TABLE));

/**
 * The next state.
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 * @throws {FlowError} the table does not list the pair
 */
export function next(state, event) {
  const to = TABLE[state]?.[event];
  if (to === undefined) throw new FlowError(state, event);
  return to;
}
