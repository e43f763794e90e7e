/** The big number over the first frame. */
import { say } from "./elements.js";

export class Countdown {
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {number|null} seconds  null: no countdown; 0 shows nothing, play follows at once */
  show(seconds) {
    const text = seconds === null || seconds <= 0 ? "" : String(seconds);
    this.#element.hidden = text === "";
    if (this.#element.textContent === text) return;
    say(this.#element, text);
    this.#element.classList.remove("tick");
    void this.#element.offsetWidth; // lets the same animation start again
    this.#element.classList.add("tick");
  }
}
