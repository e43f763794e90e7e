/**
 * Types of the rollback core: values only, no code.
 *
 * Frames and seats count from 0. Frame f is one step: state S(f) + the inputs of all seats -> S(f+1).
 *
 * @module
 */

/**
 * One seat's record for one frame.
 *
 * @typedef {object} Input
 * @property {number} action index into the environment's list of actions
 * @property {boolean} focused the page had the keyboard focus
 * @property {boolean} auto made without the keyboard
 */

/** @typedef {"confirmed" | "predicted"} InputStatus */

/** @typedef {{kind: "load", frame: number}} LoadRequest restore S(frame) */
/** @typedef {{kind: "save", frame: number}} SaveRequest keep the present state as S(frame) */
/** @typedef {{kind: "release", frame: number}} ReleaseRequest forget every snapshot below frame */
/** @typedef {{kind: "final", frame: number}} FinalRequest give the row of this frame: nothing will simulate it again */
/**
 * Step from S(frame) to S(frame+1); both lists are indexed by seat.
 *
 * @typedef {{kind: "advance", frame: number, inputs: Input[], status: InputStatus[]}} AdvanceRequest
 */
/** @typedef {LoadRequest | AdvanceRequest | SaveRequest | ReleaseRequest | FinalRequest} Request */

/**
 * The inputs of all seats for one frame, indexed by seat.
 *
 * @typedef {{inputs: Input[], status: InputStatus[]}} FrameInputs
 */

/**
 * A frame that was simulated with an input which turned out to be wrong.
 *
 * @typedef {{frame: number, predicted: Input, actual: Input}} Misprediction
 */

/**
 * @typedef {object} Rollback
 * @property {number} to first frame that had to be simulated again
 * @property {number} depth frames simulated since then
 * @property {number} seat whose input was mispredicted (the lowest such seat)
 * @property {Input} predicted
 * @property {Input} actual
 */

/**
 * @typedef {object} AdvanceResult
 * @property {Request[]} requests to be carried out in order, as one batch
 * @property {Rollback | null} rollback
 * @property {boolean} advanced the current frame moved on by one
 * @property {boolean} stalled it did not, because too many frames are predicted already
 */

/**
 * What one INPUT packet to one peer carries.
 *
 * @typedef {object} Outgoing
 * @property {number} frame of the first record, or the next own frame when there is none
 * @property {Input | null} base own input of the frame before, which the peer has; null before frame 0
 * @property {Input[]} inputs every own input the peer has not acknowledged, oldest first
 * @property {number} ack next frame wanted of that peer
 * @property {number} current own current frame
 * @property {number} advance own frame advantage over that peer, -128..127
 */

/**
 * @typedef {object} SessionOptions
 * @property {number} seats 1..8
 * @property {number} localSeat 0..seats-1
 * @property {number} inputDelayFrames 0 or more, at the start: the first frames are idle at all seats
 * @property {number} predictionLimitFrames 1 or more; setPredictionLimit changes it in play
 * @property {number} idleAction
 * @property {readonly number[]} [oneShotActions] actions that are not predicted to repeat (default none)
 * @property {number} epoch counter of episodes inside the game session, 0..1023
 */

/**
 * @typedef {object} SessionStats
 * @property {number} rollbacks
 * @property {number} maxDepth frames of the deepest rollback
 * @property {number} stalls ticks that could not advance
 * @property {number} accepted remote inputs stored
 * @property {number} duplicates remote inputs known already, with the same value
 * @property {number} conflicts remote inputs known already, with ANOTHER value: a defect of that peer
 * @property {number} gaps remote inputs that did not join the stored log
 * @property {number} tooFar remote inputs further ahead than any honest peer can be
 * @property {number} refused calls that name a seat that is no peer, or acknowledge what was never sent
 */

/**
 * One final frame as the environment host returns it. `row` is opaque text: 1 and 1.0 stay distinct.
 *
 * @typedef {{frame: number, row: string, hash: string, ended: boolean, observations?: string}} FinalRow
 */

/** @typedef {{frame: number, row: string, hash: string}} CanonicalRow a row that never changes again */

/**
 * How a frame became final at this seat; it differs between the seats by nature (REC-04 to REC-06). Lists are by seat.
 *
 * @typedef {object} LocalRow
 * @property {number} frame
 * @property {boolean[]} predicted the input of the first simulation was a prediction
 * @property {boolean[]} corrected ... and the prediction was wrong
 * @property {number} resimulated times
 * @property {number} delayFrames own input delay when it was first simulated
 * @property {number} lagFrames frames simulated since, when it became final
 * @property {number} lagMs from the first simulation until it was final
 */

/**
 * @typedef {object} RecordStats
 * @property {number} simulated frames, first times and repetitions
 * @property {number} resimulated repetitions
 * @property {number} correctedRows final frames that were first simulated with a wrong prediction
 * @property {number} predictedRows frames whose first simulation used a predicted input
 * @property {number} promoted
 */

export {};
