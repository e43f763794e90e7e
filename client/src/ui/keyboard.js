/**
 * The keyboard during play: keys by position (`code`), only those the game uses, all released whenever the page loses them.
 *
 * @typedef {{code: string, repeat: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean, preventDefault: () => void}} KeyEvent
 */
import { KeySet } from "./key-set.js";

export class Keyboard {
  #keys = new KeySet();
  /** @type {ReadonlySet<string>} */
  #codes = new Set();
  #onChange;

  /** @param {(keys: import("./key-set.js").Keys) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {{addEventListener: (type: string, listener: (event: any) => void, options?: any) => void}} window  @param {EventTarget & {hidden: boolean}} document */
  listen(window, document) {
    window.addEventListener("keydown", (event) => this.down(event));
    window.addEventListener("keyup", (event) => this.up(event));
    window.addEventListener("blur", () => this.release());
    window.addEventListener("pagehide", () => this.release());
    document.addEventListener("visibilitychange", () => document.hidden && this.release());
  }

  /** From now on these keys belong to the game; none: the page has them all. @param {Iterable<string>} codes */
  use(codes) {
    this.#codes = new Set(codes);
    if (this.#codes.size === 0) this.release();
  }

  /** @param {KeyEvent} event */
  down(event) {
    if (event.metaKey) this.release(); // some systems report no keyup while that key is held
    if (event.ctrlKey || event.altKey || event.metaKey || !this.#codes.has(event.code)) return;
    event.preventDefault();
    this.#tell(this.#keys.press(event.code, event.repeat));
  }

  /** @param {KeyEvent} event */
  up(event) {
    this.#tell(this.#keys.release(event.code));
  }

  release() {
    this.#tell(this.#keys.clear());
  }

  /** @param {import("./key-set.js").Keys|null} keys */
  #tell(keys) {
    if (keys !== null) this.#onChange(keys);
  }
}
