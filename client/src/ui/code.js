/** The completion code: shown, selectable, copied with one press. */
import { say } from "./elements.js";

export const COPIED_MS = 2_000;

/** @param {{block: HTMLElement, code: HTMLElement, text: string|null}} options */
export function showCode({ block, code, text }) {
  block.hidden = text === null || text === "";
  say(code, text ?? "");
}

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} code
 * @param {(ms: number, run: () => void) => unknown} after
 */
export function copyOnClick(button, code, after) {
  const label = button.textContent ?? "";
  button.addEventListener("click", async () => {
    const copied = await copy(code);
    say(button, copied ? "Copied" : "Press Ctrl+C to copy");
    after(COPIED_MS, () => say(button, label));
  });
}

/** Where the clipboard is closed to pages the code is at least selected. @param {HTMLElement} code @returns {Promise<boolean>} */
async function copy(code) {
  getSelection()?.selectAllChildren(code);
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
    return true;
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}
