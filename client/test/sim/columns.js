/**
 * The columns that each seat writes about itself, against what the simulator saw of it (REC-05, REC-06).
 *
 * @module
 */

import { delayAt } from "./limits.js";

/** @import { Book } from "../support/book.js" */
/** @import { Delay } from "./limits.js" */

/** @typedef {Pick<Book, "simulated" | "firstMs" | "finalMs" | "newestAtFinal">} Seen */

/** @type {Readonly<{[column: string]: (seen: Seen, frame: number, delay: Delay) => number}>} */
const COLUMNS = Object.freeze({
  frame: (_seen, frame) => frame,
  n_resim: ({ simulated }, frame) => simulated[frame] - 1,
  input_delay_frames: (_seen, frame, delay) => delayAt(delay, frame),
  confirm_lag_frames: ({ newestAtFinal }, frame) => newestAtFinal[frame] - frame,
  confirm_lag_ms: ({ firstMs, finalMs }, frame) => finalMs[frame] - firstMs[frame],
});

/**
 * @param {{[column: string]: any}[]} local rows as uploaded
 * @param {Seen} seen
 * @param {Delay} delay of the seat
 * @returns {string[]} the first wrong frame of each column
 */
export function columnProblems(local, seen, delay) {
  return Object.entries(COLUMNS).flatMap(([column, valueAt]) => {
    const frame = local.findIndex((row, index) => row[column] !== valueAt(seen, index, delay));
    return frame === -1 ? [] : [`frame ${frame}: ${column} is ${local[frame][column]}, seen was ${valueAt(seen, frame, delay)}`];
  });
}
