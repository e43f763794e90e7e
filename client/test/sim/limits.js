/**
 * What a seat may do while it plays: how far it predicts, and how far ahead it gives its own inputs.
 *
 * @module
 */

/** @import { Book } from "../support/book.js" */

/** @typedef {{startFrames: number, changes: readonly (readonly [frame: number, delayFrames: number])[]}} Delay of the own input; changes by frame */

/**
 * @param {Delay} delay
 * @param {number} frame
 * @returns {number} frames of delay in force when the seat is at this frame
 */
export function delayAt({ startFrames, changes }, frame) {
  return changes.findLast(([from]) => from <= frame)?.[1] ?? startFrames;
}

/**
 * @param {Pick<Book, "aheadFrames">} book
 * @param {number} limitFrames
 * @returns {string[]}
 */
export function windowProblems({ aheadFrames }, limitFrames) {
  const frame = aheadFrames.findIndex((ahead) => ahead > limitFrames);
  return frame === -1 ? [] : [`frame ${frame}: simulated ${aheadFrames[frame]} frames ahead of the confirmed one, ${limitFrames} are allowed`];
}

/**
 * A lower delay takes nothing back: inputs are given as far as the highest frame that any delay has reached.
 *
 * @param {readonly number[]} givenTo by frame: the highest one whose own input had been given when it was simulated first
 * @param {Delay} delay
 * @returns {string[]}
 */
export function givenProblems(givenTo, delay) {
  let due = delay.startFrames - 1;
  for (const [frame, given] of givenTo.entries()) {
    due = Math.max(due, frame + delayAt(delay, frame));
    if (given !== due) return [`frame ${frame}: simulated with own inputs given up to frame ${given}, by the delay it is ${due}`];
  }
  return [];
}
