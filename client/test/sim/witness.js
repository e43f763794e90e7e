/**
 * What each seat of a match says of itself, against the simulator's book of it: the same checks for every kind of match.
 *
 * @module
 */

import { MOST_FRAMES } from "../../src/game/window.js";
import { columnProblems } from "./columns.js";
import { detectorProblems } from "./detector.js";
import { countProblems, guessProblems, rollbackProblems } from "./guesses.js";
import { givenProblems, windowProblems } from "./limits.js";
import { INPUT_DELAY_FRAMES } from "../support/table.js";

/** @import { DesyncMessage } from "../../src/game/messages.js" */
/** @import { Sealed, Seen } from "./detector.js" */
/** @import { Seen as Guessed } from "./guesses.js" */
/** @import { Plan } from "./plan.js" */
/** @import { Seat, Table } from "../support/table.js" */

/** Of a seat that did not begin an episode that another one began. @type {Seen & Guessed} */
const NOTHING = Object.freeze({ knownTo: [], given: new Map(), loads: [], hashes: [], hashesHeard: [], heardAtSeal: null, strays: 0 });

/**
 * @param {Table} table
 * @param {Plan} plan
 * @returns {string[]}
 */
export function witnessProblems(table, plan) {
  return table.seats.flatMap((seat, index) =>
    seat.books.flatMap((_book, episode) => seatProblems(table, plan, { index, episode }).map((text) => `seat ${index}, episode ${episode}: ${text}`)),
  );
}

/**
 * A measured prediction window is held to the most it may become, a fixed one to itself.
 *
 * @param {Table} table
 * @param {Plan} plan
 * @param {{index: number, episode: number}} of
 * @returns {string[]}
 */
function seatProblems({ seats }, { machines, limitFrames }, { index, episode }) {
  const seat = seats[index];
  const book = seat.books[episode];
  const delay = { startFrames: INPUT_DELAY_FRAMES, changes: machines[index]?.delayChanges ?? [] };
  const local = seat.texts("local", episode).map((text) => JSON.parse(text));
  const rollbacks = seat.texts("rollbacks", episode).map((text) => JSON.parse(text));
  const books = seats.map(({ books }) => books[episode] ?? NOTHING);
  return [
    ...columnProblems(local, book, delay),
    ...guessProblems(local, { seat: index, books, delayFrames: INPUT_DELAY_FRAMES }),
    ...rollbackProblems(rollbacks, { seat: index, books, isWhole: !seat.stopped }),
    ...countProblems(sealedBy(seat, episode), book),
    ...givenProblems(book.knownTo.map((to) => to[index]), delay),
    ...windowProblems(book, limitFrames ?? MOST_FRAMES),
    ...detectorProblems({ seat: index, books, told: toldBy(seat, episode), sealed: sealedBy(seat, episode) }),
  ];
}

/** @param {Seat} seat @param {number} episode @returns {DesyncMessage[]} */
function toldBy({ posted }, episode) {
  return posted.filter((message) => message.type === "desync").filter((message) => message.episode === episode);
}

/** @param {Seat} seat @param {number} episode @returns {(Sealed & {rollbacks: number, maxDepth: number}) | null} */
function sealedBy({ seals }, episode) {
  return /** @type {any} */ (seals[episode]?.stats ?? null);
}
