/**
 * `nox -s sim -- --seeds 2000 --frames 5000`: many matches of the real game code under one virtual clock and drawn faults.
 *
 * A failure is made smaller and printed as one line that replays it: `nox -s sim -- --replay '{...}'`. Exit code 1 if any failed.
 * `--until-fail` ends with the first seed that fails, the same on every machine, and prints all that is wrong with it.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { drawPlan } from "./plan.js";
import { play } from "./play.js";
import { shrink } from "./shrink.js";

/** @import { Plan } from "./plan.js" */
/** @import { Result } from "./play.js" */

/** @typedef {{seed: number, seats: number, result: Result, again: string | null, ms: number}} Played */

const OPTIONS = /** @type {const} */ ({
  seeds: { type: "string", default: "200" },
  first: { type: "string", default: "1" },
  frames: { type: "string", default: "600" },
  twice: { type: "boolean", default: false },
  leak: { type: "boolean", default: false },
  "until-fail": { type: "boolean", default: false },
  replay: { type: "string" },
});

const USAGE_EXIT = 4;

/** @param {string} name @param {string} text */
function whole(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`--${name} takes a whole number from 1 on, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** @param {string} text as a failure printed it */
function replay(text) {
  const plan = /** @type {Plan} */ (JSON.parse(text));
  const missing = ["seed", "seats", "frames", "episodes", "links", "machines", "joinMs"].filter((name) => plan?.[/** @type {keyof Plan} */ (name)] === undefined);
  if (missing.length > 0) throw new RangeError(`--replay takes the whole plan that a failure printed; missing: ${missing.join(", ")}`);
  const { problems, digest } = play(plan);
  for (const problem of problems) console.log(problem);
  console.log(`${problems.length === 0 ? "sound" : "FAILED"}, digest ${digest.slice(0, 16)}`);
  return problems.length === 0 ? 0 : 1;
}

/** @typedef {{frames: number, twice: boolean, leak: boolean, untilFail: boolean}} Options */

/** @param {number[]} seeds @param {Options} options @returns {Promise<Played[]>} */
async function playAll(seeds, options) {
  const workers = Math.min(availableParallelism(), seeds.length);
  /** @type {Played[]} */
  const played = [];
  let failing = Infinity;
  const isFirst = () => played.filter(({ seed }) => seed < failing).length === seeds.indexOf(failing);
  const jobs = Array.from({ length: workers }, (_, index) => {
    const mine = seeds.filter((_seed, position) => position % workers === index);
    const worker = new Worker(new URL(import.meta.url), { workerData: { seeds: mine, ...options } });
    return new Promise((resolve, reject) => {
      worker.on("message", (/** @type {Played} */ one) => {
        played.push(one);
        if (isMilestone(played.length, seeds.length)) console.error(`${played.length} of ${seeds.length} matches, ${failures(played)} failed`);
        if (one.result.problems.length > 0) failing = Math.min(failing, one.seed);
        if (options.untilFail && isFirst()) resolve("failed");
      });
      worker.on("error", reject);
      worker.on("exit", resolve);
    });
  });
  await (options.untilFail ? Promise.race([Promise.all(jobs), ...jobs.map(settledByFailure)]) : Promise.all(jobs));
  return played.filter(({ seed }) => !options.untilFail || seed <= failing).sort((a, b) => a.seed - b.seed);
}

/** Twenty times in a long run; never in one of a few seconds. @param {number} count @param {number} total */
function isMilestone(count, total) {
  return total >= 400 && count % Math.floor(total / 20) === 0;
}

/** @param {Played[]} played */
function failures(played) {
  return played.filter(({ result }) => result.problems.length > 0).length;
}

/** Settles only for a job that failed a match. @param {Promise<unknown>} job */
async function settledByFailure(job) {
  if ((await job) !== "failed") await new Promise(() => {});
}

/** In a worker: one message for each match. */
function serve() {
  for (const seed of workerData.seeds) {
    const started = performance.now();
    const plan = drawPlan(seed, workerData);
    const result = play(plan, workerData);
    const ms = performance.now() - started;
    const again = workerData.twice ? play(plan, workerData).digest : null;
    parentPort?.postMessage(/** @type {Played} */ ({ seed, seats: plan.seats, result, again, ms }));
  }
}

/** @param {Played[]} failed @param {Options} options */
function explain(failed, options) {
  for (const { seed, result } of failed.slice(0, 3)) {
    console.log(`seed ${seed}: ${result.problems.slice(0, 3).join("\n  ")}`);
    const small = shrink(drawPlan(seed, options), (plan) => play(plan, options).problems.length > 0);
    console.log(`  ${play(small, options).problems[0]}\n  replay: nox -s sim -- --replay '${JSON.stringify(small)}'`);
  }
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.replay !== undefined) return replay(values.replay);
  const [count, first, frames] = [whole("seeds", values.seeds), whole("first", values.first), whole("frames", values.frames)];
  const started = performance.now();
  const options = { frames, twice: values.twice, leak: values.leak, untilFail: values["until-fail"] };
  const played = await playAll(Array.from({ length: count }, (_, index) => first + index), options);
  const hours = (performance.now() - started) / 3.6e6;
  const failed = played.filter(({ result }) => result.problems.length > 0);
  const unlike = played.filter(({ again, result }) => again !== null && again !== result.digest);
  const sum = (/** @type {(one: Played) => number} */ of) => played.reduce((total, one) => total + of(one), 0);
  console.log(`${played.length} matches of 2 to 8 seats, ${frames} frames: ${failed.length} failed, ${unlike.length} did not repeat`);
  console.log(`rows ${sum(({ result }) => result.rows)}, rollbacks ${sum(({ result }) => result.rollbacks)}, corrected rows ${sum(({ result }) => result.correctedRows)}`);
  console.log(`matches without a rollback: ${played.filter(({ result }) => result.rollbacks === 0).length}`);
  const realHours = sum(({ result }) => result.virtualMs) / 3.6e6;
  console.log(`${Math.round(played.length / hours)} matches per hour, ${Math.round(realHours / hours)} times real time`);
  if (options.untilFail) for (const { seed, result } of failed) console.log(result.problems.map((problem) => `seed ${seed}: ${problem}`).join("\n"));
  else explain(failed, options);
  for (const { seed } of unlike.slice(0, 3)) console.log(`seed ${seed} gave another digest the second time`);
  return failed.length + unlike.length === 0 ? 0 : 1;
}

/** A mistake of the user is told in one line. @param {any} error */
function usage(error) {
  const ours = error instanceof RangeError || error instanceof SyntaxError || String(error?.code).startsWith("ERR_PARSE_ARGS");
  if (!ours) throw error;
  console.error(`usage: ${error.message}`);
  return USAGE_EXIT;
}

if (isMainThread) process.exit(await main().catch(usage));
else serve();
