import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { BUGS, CHECKERS } from "./bugs.js";

const CLIENT = fileURLToPath(new URL("../../", import.meta.url));
/** Every planted bug must be caught within so many drawn matches. */
const SEEDS = 200;
const FRAMES = 240;
/** The control: no more than the bugs needed. */
const CONTROL_SEEDS = 40;
const STDERR_SHOWN = 4_000;

/** @type {string[]} */
const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** @param {{edits: import("./bugs.js").Edit[]}} bug @returns {string} a copy of the client with the bug in it */
function planted({ edits }) {
  const folder = mkdtempSync(join(tmpdir(), "igym-bug-"));
  folders.push(folder);
  for (const name of ["src", "test"]) cpSync(join(CLIENT, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  for (const { file, from, to } of edits) {
    const path = join(folder, "src", file);
    const text = readFileSync(path, "utf8");
    assert.equal(text.split(from).length, 2, `${file} must hold exactly once: ${from}`);
    writeFileSync(path, text.replace(from, () => to));
  }
  return folder;
}

/** @param {string} folder @param {string[]} more @param {number} [seeds] */
function simulate(folder, more, seeds = SEEDS) {
  const command = [join(folder, "test", "sim", "main.js"), "--seeds", `${seeds}`, "--frames", `${FRAMES}`, "--until-fail", ...more];
  const ended = spawnSync(process.execPath, command, { encoding: "utf8" });
  assert.equal(ended.signal, null, `Node ${process.version} itself crashed; how it begins:\n${ended.stderr.slice(0, STDERR_SHOWN)}`);
  return ended;
}

for (const bug of BUGS) {
  test(`caught by ${bug.by}: ${bug.name}`, () => {
    const { status, stdout, stderr } = simulate(planted(bug), bug.leak ? ["--leak"] : []);
    assert.equal(status, 1, `not caught within ${SEEDS} matches\n${stdout}\n${stderr}`);
    assert.match(stdout, CHECKERS[bug.by], `another checker caught it:\n${stdout}`);
  });
}

test("without a bug the same matches are sound, and a world that forgets is found", () => {
  for (const more of [[], ["--leak"]]) {
    const { status, stdout, stderr } = simulate(planted({ edits: [] }), more, CONTROL_SEEDS);
    assert.equal(status, 0, stdout + stderr);
  }
});
