/**
 * Shows one view of the page: picks the screen of its state and fills in what changed.
 *
 * @typedef {import("../app/types.js").View} View
 */
import { Countdown } from "./countdown.js";
import { showCode } from "./code.js";
import { make, need, paragraphs, say } from "./elements.js";
import { keyHelp } from "./key-help.js";
import { ANNOUNCEMENTS, NOTES, endNext, endTexts, errorTexts, loadingText, waitingText, waitingTitle } from "./texts.js";

export class Screens {
  #document;
  #countdown;
  /** @type {View["state"]|null} */
  #state = null;

  /** @param {Document} document */
  constructor(document) {
    this.#document = document;
    this.#countdown = new Countdown(this.#element("countdown"));
  }

  /** @param {View} view */
  render(view) {
    this.#common(view);
    FILL[view.state](view, (id) => this.#element(id));
    this.#countdown.show(view.state === "countdown" ? view.countdown : null);
    if (view.state === this.#state) return;
    this.#state = view.state;
    this.#turnTo(view.state);
  }

  /** @param {View} view */
  #common({ offline, scene }) {
    this.#element("offline").hidden = !offline;
    const title = scene?.config.title;
    if (title && this.#document.title !== title) this.#document.title = title;
  }

  /** @param {View["state"]} state */
  #turnTo(state) {
    this.#document.body.dataset.state = state;
    for (const screen of this.#document.querySelectorAll("[data-screen]")) {
      const section = /** @type {HTMLElement} */ (screen);
      section.hidden = !section.dataset.screen?.split(" ").includes(state);
    }
    say(this.#element("announce"), ANNOUNCEMENTS[state]);
    const first = this.#document.querySelector(`[data-screen~="${state}"] :is(h1, canvas)`);
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  }

  /** @param {string} id */
  #element(id) {
    return need(this.#document, id, HTMLElement);
  }
}

/** @typedef {(id: string) => HTMLElement} Find */

/** @type {Record<View["state"], (view: View, find: Find) => void>} */
const FILL = {
  loading: fillLoading,
  instructions: fillInstructions,
  waiting: fillWaiting,
  connecting: () => {},
  countdown: fillPlay,
  playing: fillPlay,
  "partner-left": fillEnd,
  finished: fillFinished,
  error: fillError,
};

/** @param {View} view @param {Find} find */
function fillLoading({ load }, find) {
  /** @type {HTMLProgressElement} */ (find("load-bar")).value = Math.min(1, Math.max(0, load.fraction));
  say(find("load-text"), loadingText(load));
}

/** @param {View} view @param {Find} find */
function fillInstructions({ scene, busy }, find) {
  if (scene === null) return;
  say(find("page-step"), scene.total > 1 ? `Part ${scene.index + 1} of ${scene.total}` : "");
  say(find("page-title"), scene.config.title ?? "");
  paragraphs(find("page-text"), scene.config.paragraphs ?? []);
  const button = /** @type {HTMLButtonElement} */ (find("continue"));
  say(button, scene.config.button ?? "Continue");
  button.disabled = busy;
}

/** @param {View} view @param {Find} find */
function fillWaiting({ lobby }, find) {
  say(find("waiting-title"), waitingTitle(lobby));
  say(find("waiting-count"), waitingText(lobby));
  if (lobby?.message) say(find("waiting-message"), lobby.message);
  const seats = find("seats");
  const size = lobby?.group_size ?? 0;
  const here = lobby === null || lobby.phase === "queued" ? (lobby?.waiting_count ?? 0) : size;
  while (seats.children.length > size) seats.lastElementChild?.remove();
  while (seats.children.length < size) seats.append(make(seats.ownerDocument, "li"));
  [...seats.children].forEach((seat, index) => (seat.className = index < here ? "taken" : "free"));
}

/** @param {View} view @param {Find} find */
function fillPlay({ scene, keys, role, note }, find) {
  const noteElement = find("note");
  noteElement.hidden = note === "none";
  say(noteElement, NOTES[note]);
  const list = find("keys");
  const who = role === null ? [] : [{ keys: [], text: `You are ${role}` }];
  const help = [...who, ...keyHelp(scene?.config.keys_help, keys)];
  const wanted = JSON.stringify(help);
  if (list.dataset.shown === wanted) return;
  list.dataset.shown = wanted;
  list.replaceChildren(...help.map((entry) => helpItem(list.ownerDocument, entry)));
}

/** @param {Document} document @param {{keys: string[], text: string}} entry */
function helpItem(document, { keys, text }) {
  return make(document, "li", { children: keys.map((key) => make(document, "kbd", { text: key })), text });
}

/** @param {View} view @param {Find} find */
function fillEnd(view, find) {
  const { title, message } = endTexts(view.end);
  say(find("end-title"), title);
  say(find("end-message"), message);
  say(find("end-next"), endNext(view));
  find("end-continue").hidden = !view.more;
  showCode({ block: find("end-code-block"), code: find("end-code"), text: view.end?.completion_code ?? null });
}

/** @param {View} view @param {Find} find */
function fillFinished({ scene, end }, find) {
  const config = scene?.kind === "thanks" ? scene.config : {};
  say(find("thanks-title"), config.title ?? "Thank you");
  paragraphs(find("thanks-text"), config.paragraphs ?? [end?.message || "You have reached the end of this study."]);
  showCode({ block: find("code-block"), code: find("code"), text: config.completion_code ?? end?.completion_code ?? null });
}

/** @param {View} view @param {Find} find */
function fillError({ error }, find) {
  const { title, message } = errorTexts(error);
  say(find("error-title"), title);
  say(find("error-message"), message);
  say(find("error-reference"), error?.reference ?? "");
}
