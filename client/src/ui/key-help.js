/** Names for keys and for what they do, as participants read them. Pure. */

/** @type {Record<string, string>} */
const NAMES = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Space: "Space",
  Enter: "Enter",
  Escape: "Esc",
  ShiftLeft: "Shift",
  ShiftRight: "Shift",
  ControlLeft: "Ctrl",
  ControlRight: "Ctrl",
  Comma: ",",
  Period: ".",
};

/** The label of a key by its code, or of a combination. @param {string} code */
export function keyName(code) {
  return code.split("+").map((one) => NAMES[one] ?? one.replace(/^(Key|Digit|Numpad)(?=.)/, "")).join(" + ");
}

/**
 * One entry per action, in the order of the map.
 * @param {Record<string, string>} keys  code -> name of the action
 * @returns {{keys: string[], text: string}[]}
 */
export function helpFromKeys(keys) {
  /** @type {Map<string, string[]>} */
  const byAction = new Map();
  for (const [code, action] of Object.entries(keys)) byAction.set(action, [...(byAction.get(action) ?? []), keyName(code)]);
  return [...byAction].map(([action, names]) => ({ keys: names, text: action.replaceAll(/[_-]/g, " ") }));
}

/**
 * What the experiment wrote: a sentence, or [keys, text].
 * @param {(string|[string, string])[]|undefined} help
 * @param {Record<string, string>} keys
 */
export function keyHelp(help, keys) {
  if (help === undefined || help.length === 0) return helpFromKeys(keys);
  return help.map((entry) => (typeof entry === "string" ? { keys: [], text: entry } : { keys: [entry[0]], text: entry[1] }));
}
