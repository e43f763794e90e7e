/**
 * Plays a plan with the real game code of every seat, and judges what they recorded.
 *
 * @module
 */

import { createHash } from "node:crypto";

import { ToyWorld } from "../support/toy-world.js";
import { INPUT_DELAY_FRAMES, Table } from "../support/table.js";
import { hostSeed } from "../support/toy-host.js";
import { witnessProblems } from "./witness.js";

/** @import { SealReason } from "../../src/game/messages.js" */
/** @import { Plan } from "./plan.js" */
/** @import { Seat } from "../support/table.js" */

/**
 * @typedef {object} Result
 * @property {string[]} problems empty: sound (or, with a leaking world, found out)
 * @property {string} digest of every row and seal of every seat
 * @property {number} rows
 * @property {number} rollbacks
 * @property {number} correctedRows
 * @property {number} virtualMs
 * @property {{[reason: string]: number}} dropped
 */

const BEFORE = Object.freeze({ action: 0, focused: true, auto: true });
/** A frame takes 33 ms; faults, stalls and the confirmations may take so much longer. */
const SLACK = 6;
const LEAST_MS = 60_000;

/**
 * @param {Plan} plan
 * @param {{leak?: boolean}} [options] leak: the world of seat 0 forgets a part of its state, which must be found
 * @returns {Result}
 */
export function play(plan, { leak = false } = {}) {
  const { seed, seats, frames, episodes, target, links, machines, joinMs, kill, flip, limitFrames } = plan;
  const rule = (/** @type {number} */ from, /** @type {number} */ to) => links[`${from}>${to}`] ?? {};
  const machine = (/** @type {number} */ seat) => machines[seat] ?? {};
  const planted = (/** @type {number} */ seat) => ({ leak: leak && seat === 0, flipFrame: flipFrameOf(plan, seat) });
  const table = new Table({ seed, seats, maxSteps: frames, episodes, target, rule, machine, joinMs, kill, planted, limitFrames });
  table.run(Math.max(LEAST_MS, frames * episodes * 34 * SLACK));
  const digest = createHash("sha256");
  for (const seat of table.seats) {
    for (let episode = 0; episode < episodes; episode += 1) digest.update(seat.rows(episode).join("\n"));
    digest.update(JSON.stringify(seat.seals));
  }
  const statuses = table.seats.map((seat) => seat.match.status(seat.nowMs));
  return {
    problems: [...judged(table, plan, leak), ...witnessProblems(table, plan)],
    digest: digest.digest("hex"),
    rows: table.seats.reduce((sum, seat) => sum + seat.rows(0).length, 0),
    rollbacks: statuses.reduce((sum, status) => sum + status.rollbacks, 0),
    correctedRows: statuses.reduce((sum, status) => sum + status.correctedRows, 0),
    virtualMs: table.clock.nowMs,
    dropped: statuses.reduce((sum, { dropped }) => merged(sum, dropped), /** @type {{[reason: string]: number}} */ ({})),
  };
}

/** @param {Plan} plan @param {number} seat @returns {number | undefined} after this frame its state is wrong */
function flipFrameOf({ flip }, seat) {
  return flip?.seat === seat ? flip.frame : undefined;
}

/** @param {Table} table @param {Plan} plan @param {boolean} leak @returns {string[]} */
function judged(table, plan, leak) {
  if (leak) return silenceOf(table, plan);
  return plan.kill !== null && table.seats[plan.kill.seat].stopped ? partialProblems(table, plan) : problemsOf(table, plan);
}

/** @param {{[name: string]: number}} a @param {{[name: string]: number}} b */
function merged(a, b) {
  const sum = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/**
 * The detector must not be silent: rows that differ were sealed as verified, or nobody noticed.
 *
 * @param {Table} table
 * @param {Plan} plan
 * @returns {string[]}
 */
function silenceOf(table, { episodes }) {
  const problems = [];
  for (let episode = 0; episode < episodes; episode += 1) {
    const [first, ...others] = table.seats.map((seat) => seat.rows(episode).join("\n"));
    const trusted = table.seats.filter((seat) => seat.seals[episode]?.verified).length;
    if (others.some((rows) => rows !== first) && trusted > 0) problems.push(`episode ${episode}: rows differ, ${trusted} seats call it verified`);
  }
  return problems;
}

/**
 * @param {Table} table
 * @param {Plan} plan
 * @returns {string[]}
 */
function problemsOf(table, { frames, episodes, target, flip }) {
  const failed = table.seats.flatMap(({ error }, seat) => (error === null ? [] : [`seat ${seat}: ${error.name}: ${error.message}`]));
  if (failed.length > 0) return failed;
  const late = table.seats.findIndex((seat) => seat.match.state !== "done");
  if (late !== -1) {
    const { state, episode, frame, confirmedFrame } = table.seats[late].match.status(table.seats[late].nowMs);
    return [`unfinished: seat ${late} is ${state} at frame ${frame} (confirmed ${confirmedFrame}) of episode ${episode} after ${Math.round(table.clock.nowMs)} ms`];
  }
  const problems = [];
  for (let episode = 0; episode < episodes; episode += 1) {
    const sound = referenceRows(table, { frames, episode, target });
    const flipped = flip ? referenceRows(table, { frames, episode, target, flipFrame: flip.frame }) : sound;
    const reason = flipped.at(-1) === sound.at(-1) ? "completed" : "hash_mismatch";
    for (const [index, seat] of table.seats.entries()) {
      const expected = flip?.seat === index ? flipped : sound;
      problems.push(...judgeSeat(seat, { expected, episode, reason }).map((text) => `seat ${index}, episode ${episode}: ${text}`));
    }
  }
  return problems;
}

/**
 * A participant is gone: what the others have is a true beginning, sealed as partial, and the same as far as it goes.
 *
 * @param {Table} table
 * @param {Plan} plan
 * @returns {string[]}
 */
function partialProblems(table, { frames, episodes, target }) {
  const problems = table.seats.flatMap(({ error }, seat) => (error === null ? [] : [`seat ${seat}: ${error.name}: ${error.message}`]));
  for (let episode = 0; episode < episodes; episode += 1) {
    const expected = referenceRows(table, { frames, episode, target });
    for (const [index, seat] of table.seats.entries()) {
      const rows = seat.rows(episode);
      const frame = rows.findIndex((row, at) => row !== expected[at]);
      if (frame !== -1) problems.push(`seat ${index}, episode ${episode}: frame ${frame} differs from the world without a network`);
      const seal = seat.seals[episode];
      if (!seat.stopped && seal !== undefined && seal.rows !== rows.length) problems.push(`seat ${index}, episode ${episode}: ${rows.length} rows, the seal says ${seal.rows}`);
      if (seal !== undefined && !seal.verified && !["partial", "no_confirm"].includes(seal.reason)) problems.push(`seat ${index}: ${seal.reason}`);
    }
  }
  for (const [index, seat] of table.seats.entries()) if (!seat.stopped) problems.push(...lostAtKill(table, index).map((text) => `seat ${index}: ${text}`));
  const late = table.seats.findIndex((seat) => !seat.stopped && seat.match.state !== "done");
  return late === -1 ? problems : [...problems, `seat ${late} did not end after the cut`];
}

/**
 * Whoever was left keeps every frame that was confirmed to it when the other was killed, and seals each episode that it began.
 *
 * @param {Table} table
 * @param {number} index
 * @returns {string[]}
 */
function lostAtKill(table, index) {
  const seat = table.seats[index];
  const problems = [];
  for (let episode = 0; episode < seat.count("episode-start"); episode += 1) if (seat.seals[episode] === undefined) problems.push(`episode ${episode} was begun and not sealed`);
  const { episode, frame, confirmedFrame } = /** @type {NonNullable<Table["atKill"]>} */ (table.atKill)[index];
  const kept = Math.min(frame, confirmedFrame + 1);
  if (seat.rows(episode).length < kept) problems.push(`${seat.rows(episode).length} rows of episode ${episode}, ${kept} frames were confirmed at the kill`);
  return problems;
}

/**
 * @param {Seat} seat
 * @param {{expected: string[], episode: number, reason: SealReason}} what
 * @returns {string[]}
 */
function judgeSeat(seat, { expected, episode, reason }) {
  const seal = seat.seals[episode];
  if (seal === undefined) return ["no seal"];
  const rows = seat.rows(episode);
  const local = seat.texts("local", episode);
  const problems = [];
  if (local.length !== rows.length) problems.push(`${local.length} local rows, ${rows.length} expected`);
  if (rows.length !== expected.length) problems.push(`${rows.length} rows, ${expected.length} expected`);
  const frame = rows.findIndex((row, index) => row !== expected[index]);
  if (frame !== -1) problems.push(`frame ${frame} differs from the world without a network: ${rows[frame]} instead of ${expected[frame]}`);
  if (seal.reason !== reason || seal.verified !== (reason === "completed")) problems.push(`sealed as ${seal.verified ? "verified" : "not verified"}: ${seal.reason}, ${reason} is due`);
  return problems;
}

/**
 * The world stepped once, without any network, with the inputs that the participants gave.
 *
 * @param {Table} table
 * @param {{frames: number, episode: number, target?: number, flipFrame?: number}} what
 * @returns {string[]}
 */
function referenceRows(table, { frames, episode, target, flipFrame }) {
  const world = new ToyWorld({ seats: table.seats.length, seed: hostSeed(episode), maxSteps: frames, target, flipFrame });
  const rows = [];
  for (let frame = 0, ended = false; !ended; frame += 1) {
    const step = world.step(frame, table.seats.map((seat) => seat.books[episode]?.given.get(frame) ?? BEFORE));
    rows.push(step.row);
    ended = step.ended;
  }
  return rows;
}
