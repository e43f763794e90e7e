/**
 * The game's canvas: as large as its box allows, one draw per animation frame, always the newest list.
 *
 * Everything of the browser comes in through `surface`, so that the bookkeeping runs in Node too.
 *
 * @typedef {object} Surface
 * @property {() => [number, number]} box                      CSS pixels; 0 when hidden
 * @property {() => number} ratio                              device pixels per CSS pixel
 * @property {(size: ReturnType<typeof fit>) => void} resize
 * @property {() => (import("./display-list.js").Context & Pick<CanvasRenderingContext2D, "setTransform"|"clearRect">)} context
 * @property {(run: () => void) => void} nextFrame
 */
import { paint } from "./display-list.js";
import { fit } from "./fit.js";

export class GameCanvas {
  counters = { received: 0, replaced: 0, drawn: 0 };
  /** Items that could not be drawn, by reason. @type {Record<string, number>} */
  skipped = {};
  /** @type {{display: unknown, size: [number, number]}|null} */
  #newest = null;
  #fresh = false;
  #asked = false;
  #fitted = "";
  #surface;

  /** @param {Surface} surface */
  constructor(surface) {
    this.#surface = surface;
  }

  /** Takes the newest picture; an older one not drawn yet is replaced and counted. @param {unknown} display @param {[number, number]} size  view units */
  show(display, size) {
    this.counters.received += 1;
    if (this.#fresh) this.counters.replaced += 1;
    this.#newest = { display, size };
    this.#fresh = true;
    this.redraw();
  }

  /** The box, the ratio or the visibility changed. */
  redraw() {
    if (this.#asked) return;
    this.#asked = true;
    this.#surface.nextFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  #draw() {
    if (this.#newest === null) return;
    const { display, size } = this.#newest;
    const fitted = fit({ view: size, box: this.#surface.box(), ratio: this.#surface.ratio() });
    if (fitted.pixelWidth === 0 || fitted.pixelHeight === 0) return;
    this.#resize(fitted);
    const context = this.#surface.context();
    context.setTransform(fitted.scaleX, 0, 0, fitted.scaleY, 0, 0);
    context.clearRect(0, 0, size[0], size[1]);
    this.#count(paint(context, display).skipped);
    this.#fresh = false;
    this.counters.drawn += 1;
  }

  /** Setting a canvas size clears it, so only when it changes. @param {ReturnType<typeof fit>} fitted */
  #resize(fitted) {
    const key = `${fitted.pixelWidth}x${fitted.pixelHeight}@${fitted.width}`;
    if (key === this.#fitted) return;
    this.#fitted = key;
    this.#surface.resize(fitted);
  }

  /** @param {Record<string, number>} skipped */
  #count(skipped) {
    for (const [reason, count] of Object.entries(skipped)) {
      this.skipped[reason] = (this.skipped[reason] ?? 0) + count;
    }
  }
}

/**
 * The surface of a real canvas in its box.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} box
 * @param {Window} window
 * @returns {Surface}
 */
export function canvasSurface(canvas, box, window) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  return {
    box: () => [box.clientWidth, box.clientHeight],
    ratio: () => window.devicePixelRatio,
    resize({ width, height, pixelWidth, pixelHeight }) {
      canvas.width = pixelWidth;
      canvas.height = pixelHeight;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    },
    context: () => context,
    nextFrame: (run) => void window.requestAnimationFrame(run),
  };
}
