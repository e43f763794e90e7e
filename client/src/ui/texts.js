/**
 * Every sentence that a participant may read and that the experiment did not write. Pure.
 *
 * @typedef {import("../app/types.js").View} View
 * @typedef {import("../app/types.js").Lobby} Lobby
 * @typedef {import("../app/types.js").SessionEnd} SessionEnd
 */

/** @type {Record<string, string>} */
const LOADING = {
  runtime: "Loading the game. This takes longest the first time.",
  packages: "Loading the game. Nearly there.",
  environment: "Setting up the game.",
};

/** @param {View["load"]} load */
export function loadingText({ stage, fraction }) {
  if (fraction <= 0 && stage === "runtime") return "One moment …";
  return LOADING[stage] ?? "One moment …";
}

/** What a screen reader says when the screen changes. @type {Record<View["state"], string>} */
export const ANNOUNCEMENTS = {
  loading: "Loading",
  instructions: "A new page is shown",
  waiting: "Waiting for the others",
  connecting: "Everyone is here. The game starts in a few seconds.",
  countdown: "Get ready",
  playing: "The game is on",
  "partner-left": "The game has ended",
  finished: "Finished. Thank you.",
  error: "Something went wrong",
};

/** @type {Record<View["note"], string>} */
export const NOTES = {
  none: "",
  saving: "Done. One moment, please keep this window open …",
  "partner-slow": "Waiting for the others …",
};

/** @param {Lobby|null} lobby */
export function waitingTitle(lobby) {
  return lobby === null || lobby.phase === "queued" ? "Waiting for the others" : "Everyone is here";
}

/** @param {Lobby|null} lobby */
export function waitingText(lobby) {
  const here = lobby?.waiting_count ?? null;
  if (lobby === null || here === null) return "One moment …";
  if (lobby.phase !== "queued") return "The game starts in a few seconds.";
  if (here > lobby.group_size) return `${here} people are waiting.`;
  return `${here} of ${lobby.group_size} people are here.`;
}

/** @param {SessionEnd|null} end */
export function endTexts(end) {
  const partner = end === null || end.outcome.startsWith("partner");
  return {
    title: partner ? "The game has ended early" : "The game has ended",
    message: end?.message || (partner ? "The other participant is no longer connected." : "The game could not be continued."),
  };
}

/** What happens next on the end screen. @param {{more: boolean, end: SessionEnd|null}} view */
export function endNext({ more, end }) {
  if (more || end?.next === "advance") return "This was not caused by you. Please go on to the next part.";
  if (end?.completion_code) return "This was not caused by you. Please note your code; then you may close this window.";
  return "There is nothing more for you to do. Everything up to this moment has been kept. You may close this window.";
}

/** @type {Record<string, {title: string, message: string}>} */
const ERRORS = {
  rejected: {
    title: "This page is already open",
    message: "The study is open in another window. Please go on there, or close it and try again here.",
  },
  runtime: { title: "The game could not go on", message: "Something went wrong while running the game in this window." },
  server: { title: "We could not go on", message: "The connection was interrupted. Please check it and try again." },
  uploads: { title: "We could not go on", message: "The connection was interrupted for too long. Please check it and try again." },
};

/** @param {View["error"]} error */
export function errorTexts(error) {
  const texts = ERRORS[error?.kind ?? ""] ?? { title: "Something went wrong", message: "Please try again." };
  return { title: texts.title, message: error?.message || texts.message };
}
