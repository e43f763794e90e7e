/**
 * `window.igym` for the test harness. Loaded only when the server runs the test profile; it reads, and feeds scripted actions.
 *
 * @typedef {import("./page.js").Page} Page
 */

/**
 * @param {object} target   receives the property `igym`
 * @param {Page} page
 * @param {() => number} clock  ms
 */
export function install(target, page, clock) {
  const hook = Object.freeze({
    status: () => structuredClone(page.snapshot()),
    /** Events of the page and its worker with `index >= since`; each carries `tMs` of the same clock. */
    events: (since = 0) => structuredClone(page.journal.since(since)),
    /** Actions by local frame, then idle. Before the worker is ready they wait. @param {number[]} actions */
    script: (actions) => page.game.supervisor.post({ type: "script", actions: [...actions] }),
    /** One bit of this participant's state is wrong after a frame. @param {number} frame */
    flip: (frame) => page.game.supervisor.post({ type: "flip", frame }),
    clock,
  });
  Object.defineProperty(target, "igym", { value: hook, configurable: true });
}
