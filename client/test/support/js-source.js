/**
 * Splits JavaScript source into code, comments and string contents, so that a layout test reads the right one of them.
 *
 * A scanner, not a parser: it knows comments, quotes, templates with nested expressions, and regular expressions by what
 * stands before the slash.
 *
 * @module
 */

/**
 * @typedef {object} Source
 * @property {string} code comments removed, contents of strings and regular expressions emptied
 * @property {string[]} comments
 * @property {string[]} strings contents of quotes and the text parts of templates
 */

/** After these a slash begins a regular expression. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|yield|void|delete))\s*$/;

/**
 * @param {string} text
 * @returns {Source}
 */
export function splitSource(text) {
  const scan = new Scan(text);
  scan.code(false);
  return { code: scan.out, comments: scan.comments, strings: scan.strings };
}

class Scan {
  #text;
  #at = 0;
  out = "";
  /** @type {string[]} */
  comments = [];
  /** @type {string[]} */
  strings = [];

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** @param {boolean} inTemplate stop at the brace that closes a template expression */
  code(inTemplate) {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (this.#comment() || this.#quoted(char)) continue;
      if (char === "{") depth += 1;
      if (char === "}") {
        if (inTemplate && depth === 0) return;
        depth -= 1;
      }
      this.out += char;
      this.#at += 1;
    }
  }

  /** @returns {boolean} a comment was here */
  #comment() {
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (two !== "//" && two !== "/*") return false;
    const closing = two === "//" ? "\n" : "*/";
    const found = this.#text.indexOf(closing, this.#at + 2);
    const end = found === -1 ? this.#text.length : found;
    this.comments.push(this.#text.slice(this.#at + 2, end));
    this.#at = two === "//" ? end : end + 2;
    this.out += " ";
    return true;
  }

  /**
   * @param {string} char
   * @returns {boolean} a string, template or regular expression was here
   */
  #quoted(char) {
    if (char === '"' || char === "'") this.#string(char);
    else if (char === "`") this.#template();
    else if (char === "/" && BEFORE_REGEX.test(this.out.slice(-40))) this.#regex();
    else return false;
    return true;
  }

  /** @param {string} quote */
  #string(quote) {
    const start = this.#at + 1;
    this.#at = start;
    while (this.#at < this.#text.length && this.#text[this.#at] !== quote) this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.strings.push(this.#text.slice(start, this.#at));
    // The index finds the contents again: an import specifier is looked up by it.
    this.out += `"${this.strings.length - 1}"`;
    this.#at += 1;
  }

  #template() {
    let part = "";
    this.#at += 1;
    this.out += '"';
    while (this.#at < this.#text.length && this.#text[this.#at] !== "`") {
      if (this.#text.startsWith("${", this.#at)) {
        this.#at += 2;
        this.out += '"+(';
        this.code(true);
        this.out += ')+"';
        this.#at += 1;
        part += "${}";
      } else {
        const length = this.#text[this.#at] === "\\" ? 2 : 1;
        part += this.#text.slice(this.#at, this.#at + length);
        this.#at += length;
      }
    }
    this.strings.push(part);
    this.out += '"';
    this.#at += 1;
  }

  #regex() {
    let inClass = false;
    this.#at += 1;
    while (this.#at < this.#text.length && (inClass || this.#text[this.#at] !== "/")) {
      const char = this.#text[this.#at];
      if (char === "[") inClass = true;
      if (char === "]") inClass = false;
      this.#at += char === "\\" ? 2 : 1;
    }
    this.#at += 1;
    this.out += '""';
  }
}
