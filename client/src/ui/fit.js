/** How a view of the environment fits a box of the page. Pure. */

/**
 * The largest picture of the view that the box holds, in CSS pixels and in device pixels.
 * @param {{view: readonly [number, number], box: readonly [number, number], ratio: number}} options
 *   view in view units, box in CSS pixels, ratio = device pixels per CSS pixel
 * @returns {{width: number, height: number, pixelWidth: number, pixelHeight: number, scaleX: number, scaleY: number}}
 *   width and height in CSS pixels; scales in device pixels per view unit (they differ by rounding only)
 */
export function fit({ view: [viewWidth, viewHeight], box: [boxWidth, boxHeight], ratio }) {
  const scale = Math.max(0, Math.min(boxWidth / viewWidth, boxHeight / viewHeight));
  const pixelWidth = Math.floor(viewWidth * scale * ratio);
  const pixelHeight = Math.floor(viewHeight * scale * ratio);
  return {
    width: pixelWidth / ratio,
    height: pixelHeight / ratio,
    pixelWidth,
    pixelHeight,
    scaleX: pixelWidth / viewWidth,
    scaleY: pixelHeight / viewHeight,
  };
}
