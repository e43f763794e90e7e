/**
 * Checks a payload against the event registry, in both directions.
 *
 * Field types: s text, i integer, f finite number, b boolean, j any JSON value; `[x]` list of x; a trailing `?` may be absent or null.
 * Pure: the registry is a parameter.
 *
 * @typedef {{direction: string, fields: Record<string, string>}} EventSpec
 * @typedef {Record<string, EventSpec>} Registry
 * @typedef {{ok: true} | {ok: false, code: "unknown_event"|"wrong_direction"|"bad_payload", detail: string}} Checked
 */

/** @type {Record<string, (value: unknown) => boolean>} */
const TYPES = {
  s: (value) => typeof value === "string",
  i: (value) => Number.isSafeInteger(value),
  f: (value) => typeof value === "number" && Number.isFinite(value),
  b: (value) => typeof value === "boolean",
  j: (value) => value !== undefined,
};

/** @param {string} type @param {unknown} value @returns {boolean} */
export function fits(type, value) {
  if (type.endsWith("?")) return value === undefined || value === null || fits(type.slice(0, -1), value);
  if (type.startsWith("[")) return Array.isArray(value) && value.every((item) => fits(type.slice(1, -1), item));
  const check = TYPES[type];
  if (check === undefined) throw new TypeError(`the registry names an unknown field type "${type}"`);
  return check(value);
}

/** Does an event of this registered direction travel this way? @param {string} registered @param {"C->S"|"S->C"} way */
function travels(registered, way) {
  return registered === "both" || registered === way;
}

/**
 * @param {Registry} registry
 * @param {"C->S"|"S->C"} way
 * @param {string} event
 * @param {unknown} payload
 * @returns {Checked}
 */
export function check(registry, way, event, payload) {
  const spec = Object.hasOwn(registry, event) ? registry[event] : undefined;
  if (spec === undefined) return { ok: false, code: "unknown_event", detail: event };
  if (!travels(spec.direction, way)) return { ok: false, code: "wrong_direction", detail: `${event} ${way}` };
  if (payload === null || typeof payload !== "object" || Array.isArray(payload)) {
    return { ok: false, code: "bad_payload", detail: `${event}: not an object` };
  }
  const values = /** @type {Record<string, unknown>} */ (payload);
  const wrong = Object.entries(spec.fields).filter(([name, type]) => !fits(type, values[name]));
  const strange = Object.keys(values).filter((name) => !Object.hasOwn(spec.fields, name));
  if (wrong.length === 0 && strange.length === 0) return { ok: true };
  const problems = [...wrong.map(([name, type]) => `${name} is not ${type}`), ...strange.map((name) => `${name} is unknown`)];
  return { ok: false, code: "bad_payload", detail: `${event}: ${problems.join(", ")}` };
}
