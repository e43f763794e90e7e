/**
 * Whether this seat, after a freeze, should run frames beside the clock: all peers are ahead, and their inputs are here (BG-03).
 *
 * Frames are run in slices, with the mailbox in between, and only with confirmed inputs, so nothing new is predicted.
 *
 * @module
 */

/** Behind by so much: begin. Pace control alone closes 2 % of a second each second. */
export const BEGIN_FRAMES = 6;
/** Behind by no more than this: done. The peer's place is known half a round trip late, so the real distance is larger. */
export const DONE_FRAMES = 1;
export const SLICE_MS = 8;
export const SLICE_FRAMES = 8;
/** Between two slices. */
export const PAUSE_MS = 2;

export class CatchUp {
  /** Frames run beside the clock. */
  frames = 0;
  #running = false;

  /**
   * @param {{behindFrames: number, currentFrame: number, confirmedFrame: number}} session
   * @returns {boolean} a frame should be run now
   */
  due({ behindFrames, currentFrame, confirmedFrame }) {
    this.#running = behindFrames >= (this.#running ? DONE_FRAMES + 1 : BEGIN_FRAMES) && confirmedFrame >= currentFrame;
    return this.#running;
  }
}
