/**
 * Draws a display list (items in view units, in order) on a 2D context.
 *
 *   rect x y w h fill · rrect x y w h r fill · circle x y r fill · ellipse x y rx ry fill · line x1 y1 x2 y2 width stroke
 *   poly [x y x y …] fill · arc x y r from to width stroke · text x y string size fill align
 *
 * An item that is not drawable is counted by reason and skipped: one bad item never costs the picture.
 *
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath"|"moveTo"|"lineTo"|"closePath"|"arc"|"ellipse"|"rect"|"roundRect"|"fill"|"stroke"|
 *   "fillRect"|"fillText"|"fillStyle"|"strokeStyle"|"lineWidth"|"lineCap"|"font"|"textAlign"|"textBaseline">} Context
 * @typedef {"n"|"r"|"c"|"s"|"p"|"a"} Kind   number, radius or width (not negative), colour, string, points, alignment
 */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
const COLOUR = /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i;
const ALIGNMENTS = ["left", "center", "right"];

/** @param {unknown} value */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** @type {Record<Kind, (value: any) => boolean>} */
const FITS = {
  n: isNumber,
  r: (value) => isNumber(value) && value >= 0,
  c: (value) => typeof value === "string" && COLOUR.test(value),
  s: (value) => typeof value === "string",
  p: (value) => Array.isArray(value) && value.length >= 6 && value.length % 2 === 0 && value.every(isNumber),
  a: (value) => ALIGNMENTS.includes(value),
};

/** @type {Map<string, {shape: string, draw: (context: Context, ...values: any[]) => void}>} */
const ITEMS = new Map([
  ["rect", { shape: "nnrrc", draw: rect }],
  ["rrect", { shape: "nnrrrc", draw: roundedRect }],
  ["circle", { shape: "nnrc", draw: circle }],
  ["ellipse", { shape: "nnrrc", draw: ellipse }],
  ["line", { shape: "nnnnrc", draw: line }],
  ["poly", { shape: "pc", draw: polygon }],
  ["arc", { shape: "nnrnnrc", draw: arc }],
  ["text", { shape: "nnsrca", draw: text }],
]);

/**
 * @param {Context} context   already scaled to view units
 * @param {unknown} display
 * @returns {{drawn: number, skipped: Record<string, number>}}  skipped by reason: "list", "kind" or the kind whose values were wrong
 */
export function paint(context, display) {
  if (!Array.isArray(display)) return { drawn: 0, skipped: { list: 1 } };
  let drawn = 0;
  /** @type {Record<string, number>} */
  const skipped = {};
  for (const item of display) {
    const reason = paintItem(context, item);
    if (reason === null) drawn += 1;
    else skipped[reason] = (skipped[reason] ?? 0) + 1;
  }
  return { drawn, skipped };
}

/** @param {Context} context @param {unknown} item @returns {string|null} why it was not drawn */
function paintItem(context, item) {
  if (!Array.isArray(item)) return "kind";
  const [kind, ...values] = item;
  const known = ITEMS.get(kind);
  if (known === undefined) return "kind";
  if (!matches(known.shape, values)) return kind;
  known.draw(context, ...values);
  return null;
}

/** @param {string} shape @param {unknown[]} values */
function matches(shape, values) {
  return values.length === shape.length && values.every((value, index) => FITS[/** @type {Kind} */ (shape[index])](value));
}

/** @param {Context} context @param {number} x @param {number} y @param {number} width @param {number} height @param {string} fill */
function rect(context, x, y, width, height, fill) {
  context.fillStyle = fill;
  context.fillRect(x, y, width, height);
}

/** @param {Context} context @param {number} x @param {number} y @param {number} width @param {number} height @param {number} radius @param {string} fill */
function roundedRect(context, x, y, width, height, radius, fill) {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fillStyle = fill;
  context.fill();
}

/** @param {Context} context @param {number} x @param {number} y @param {number} radius @param {string} fill */
function circle(context, x, y, radius, fill) {
  ellipse(context, x, y, radius, radius, fill);
}

/** @param {Context} context @param {number} x @param {number} y @param {number} radiusX @param {number} radiusY @param {string} fill */
function ellipse(context, x, y, radiusX, radiusY, fill) {
  context.beginPath();
  context.ellipse(x, y, radiusX, radiusY, 0, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
}

/** @param {Context} context @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @param {number} width @param {string} stroke */
function line(context, x1, y1, x2, y2, width, stroke) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  strokePath(context, width, stroke);
}

/** @param {Context} context @param {number[]} points @param {string} fill */
function polygon(context, points, fill) {
  context.beginPath();
  context.moveTo(points[0], points[1]);
  for (let index = 2; index < points.length; index += 2) context.lineTo(points[index], points[index + 1]);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
}

/** @param {Context} context @param {number} x @param {number} y @param {number} radius @param {number} from @param {number} to @param {number} width @param {string} stroke */
function arc(context, x, y, radius, from, to, width, stroke) {
  context.beginPath();
  context.arc(x, y, radius, from, to);
  strokePath(context, width, stroke);
}

/** @param {Context} context @param {number} width @param {string} stroke */
function strokePath(context, width, stroke) {
  if (width === 0) return; // a context would ignore the zero and use the width before
  context.lineWidth = width;
  context.lineCap = "round";
  context.strokeStyle = stroke;
  context.stroke();
}

/** y is the base line. @param {Context} context @param {number} x @param {number} y @param {string} string @param {number} size @param {string} fill @param {CanvasTextAlign} align */
function text(context, x, y, string, size, fill, align) {
  context.font = `${size}px ${FONT}`;
  context.textAlign = align;
  context.textBaseline = "alphabetic";
  context.fillStyle = fill;
  context.fillText(string, x, y);
}
