/** Small, typed steps on the document. Text only ever enters as text. */

/**
 * The element with this id.
 * @template {HTMLElement} T
 * @param {Document} document
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 * @throws {Error} the page and the code disagree
 */
export function need(document, id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page lacks #${id}`);
  return element;
}

/** Writes only what changed, so that live regions stay quiet. @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Document} document
 * @param {string} tag
 * @param {{text?: string, className?: string, children?: HTMLElement[]}} [options]
 */
export function make(document, tag, { text = "", className = "", children = [] } = {}) {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...children, text);
  return element;
}

/** One paragraph per text. @param {HTMLElement} box @param {string[]} texts */
export function paragraphs(box, texts) {
  const shown = [...box.children].map((child) => child.textContent);
  if (shown.length === texts.length && texts.every((text, index) => text === shown[index])) return;
  box.replaceChildren(...texts.map((text) => make(box.ownerDocument, "p", { text })));
}
