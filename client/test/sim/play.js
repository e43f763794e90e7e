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

/** @import { Input } from "../../src/core/types.js" */
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
      problems.push(...[...judgeSeat(seat, { expected, episode, reason }), ...judgeLocal(seat, { index, episode, rows: expected.length })].map((text) => `seat ${index}, episode ${episode}: ${text}`));
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
 * What the seat says of itself: one local row for each row, own inputs never predicted, corrections only of predictions.
 *
 * @param {Seat} seat
 * @param {{index: number, episode: number, rows: number}} what
 * @returns {string[]}
 */
function judgeLocal(seat, { index, episode, rows }) {
  const local = seat.texts("local", episode).map((text) => JSON.parse(text));
  const problems = local.length === rows ? [] : [`${local.length} local rows for ${rows} rows`];
  const own = local.findIndex(({ was_speculative: predicted }) => predicted[index]);
  if (own !== -1) problems.push(`frame ${own}: the own input was predicted`);
  const odd = local.findIndex(({ was_speculative: predicted, corrected, n_resim: again }) => corrected.some((/** @type {boolean} */ wrong, /** @type {number} */ at) => wrong && (!predicted[at] || again === 0)));
  if (odd !== -1) problems.push(`frame ${odd}: a correction without a prediction, or without a re-simulation`);
  const rollbacks = seat.texts("rollbacks", episode).map((text) => JSON.parse(text));
  const wrong = rollbacks.findIndex(({ rollback_id: id, at_frame: at, to_frame: to, depth }, place) => id !== place || at - to !== depth || depth < 1);
  if (wrong !== -1) problems.push(`rollback ${wrong}: ${JSON.stringify(rollbacks[wrong])}`);
  const corrected = local.filter((row) => row.corrected.includes(true)).length;
  if (rollbacks.length >= 20 && corrected === 0) problems.push(`${rollbacks.length} rollbacks and no corrected row`);
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
  const problems = [];
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
  const given = table.seats.map((seat) => givenIn(seat, episode));
  const rows = [];
  for (let frame = 0, ended = false; !ended; frame += 1) {
    const step = world.step(frame, given.map((inputs) => inputs.get(frame) ?? BEFORE));
    rows.push(step.row);
    ended = step.ended;
  }
  return rows;
}

/**
 * @param {Seat} seat
 * @param {number} episode
 * @returns {Map<number, Input>} by frame; an episode begins where the frames begin again
 */
function givenIn(seat, episode) {
  /** @type {Map<number, Input>[]} */
  const episodes = [];
  for (const { frame, input } of seat.given) {
    if (frame === INPUT_DELAY_FRAMES) episodes.push(new Map());
    episodes.at(-1)?.set(frame, input);
  }
  return episodes[episode] ?? new Map();
}
