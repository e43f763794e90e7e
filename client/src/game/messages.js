/**
 * The messages between the page and its game worker. Types only; both sides are ours, so nothing is checked at this door.
 *
 * Frames, seats and episodes count from 0; times are ms of `performance.timeOrigin + performance.now()`.
 *
 * @module
 */

/**
 * @typedef {object} SessionConfig what the server assigned
 * @property {string} session_id
 * @property {string} scene_id
 * @property {number} registry_version peers of another one are refused
 * @property {number} seat
 * @property {number} seats
 * @property {number} seed of the session; that of an episode is derived from it
 * @property {number} episodes
 * @property {number | null} max_steps null: the environment's own
 * @property {number} input_delay_frames
 * @property {[frame: number, delayFrames: number][]} input_delay_changes in play, ascending frames
 * @property {number | null} prediction_limit_frames null: as many as the measured cost of a step allows
 * @property {number} upload_interval_ms
 * @property {number} countdown_ms
 * @property {{[code: string]: string}} keys KeyboardEvent.code -> action name; empty: the environment's own
 * @property {RTCConfiguration} ice
 * @property {"production" | "test"} profile
 */

/**
 * @typedef {object} Spec what the environment declares
 * @property {number} seats
 * @property {string[]} actions an action is its index
 * @property {number} noop the idle action
 * @property {number} fps
 * @property {number} max_steps
 * @property {[number, number]} view width and height in view units
 * @property {{[codes: string]: string}} keys
 * @property {number[]} [one_shot] actions that are not predicted to repeat
 * @property {string[]} [seat_names] who a participant is, by seat: "the red cook"
 */

/** @typedef {{url: string, sha256: string}} Archive a zip of modules: igym_env, the environment */
/** @typedef {{name: string, url: string, sha256: string}} Wheel */
/** @typedef {{pyodideUrl: string, archives: Archive[], wheels: Wheel[], entry: string, kwargs: {[name: string]: unknown}}} Runtime */

/**
 * @typedef {{type: "load", testProfile: boolean} & Runtime} LoadMessage
 * @typedef {{type: "session", config: SessionConfig}} SessionMessage
 * @typedef {{type: "channel", peerSeat: number, label: "input" | "control", channel: any}} ChannelMessage an RTCDataChannel, moved
 * @typedef {{type: "channel-port", peerSeat: number, label: "input" | "control", port: any}} ChannelPortMessage a MessagePort of net/relay
 * @typedef {{type: "keys", down: string[], tapped: string[]}} KeysMessage `down` in the order of pressing; on every change
 * @typedef {{type: "script", actions: number[]}} ScriptMessage test profile only: the action of local frame f is actions[f]
 * @typedef {{type: "flip", frame: number}} FlipMessage test profile only: one bit of the state is wrong after this frame
 * @typedef {{type: "visibility", hidden: boolean, focused: boolean}} VisibilityMessage
 * @typedef {{type: "uploaded", episode: number, seq: number}} UploadedMessage the chunk is durable at the server
 * @typedef {{type: "partner-left"}} PartnerLeftMessage seal what is final, as partial
 * @typedef {{type: "stop"}} StopMessage say goodbye to the peers, then as partner-left, and forget the session
 * @typedef {LoadMessage | SessionMessage | ChannelMessage | ChannelPortMessage | KeysMessage | ScriptMessage | FlipMessage
 *   | VisibilityMessage | UploadedMessage | PartnerLeftMessage | StopMessage} ToWorker
 */

/** @typedef {"loading" | "idle" | "linking" | "countdown" | "playing" | "confirming" | "done" | "failed"} GameState */

/**
 * @typedef {object} LinkStatus
 * @property {number} seat of the peer
 * @property {boolean} open both channels are, and the peer belongs to this session
 * @property {number | null} rttMs median of the last 10 round trips
 * @property {[number, number][]} pings [when it was sent, round trip], the newest 256, oldest first
 * @property {number} sentPackets on both channels
 * @property {number} sentBytes their payload
 * @property {number} receivedPackets on both channels, dropped ones too
 * @property {number} sentInputs own inputs put on this link, each counted once
 * @property {number} receivedInputs inputs of this peer that were new
 */

/**
 * Counters run over all episodes of the session; frame, confirmedFrame and endFrame are those of the present episode.
 *
 * @typedef {object} Status
 * @property {GameState} state
 * @property {number} episode
 * @property {number} epoch
 * @property {number} frame next frame to simulate
 * @property {number} confirmedFrame -1: none
 * @property {number | null} endFrame of the simulated end; it can be revoked until it is final
 * @property {number} rollbacks
 * @property {number} maxDepth frames of the deepest rollback
 * @property {number} resimulated
 * @property {number} correctedRows
 * @property {number} stalls periods of waiting for inputs of a peer
 * @property {number} stallMs their sum
 * @property {number} inputChanges of the own action
 * @property {number} uploadBacklogRows final rows that the server has not acknowledged
 * @property {number} verifiedFrame every peer's hash is equal up to here; -1: none
 * @property {{[reason: string]: number}} dropped packets and inputs, by reason
 * @property {LinkStatus[]} links
 * @property {"transferred" | "relayed"} transfer
 * @property {Failure | null} error
 */

/** @typedef {{name: string, text: string, trace: string}} Failure */

/**
 * @typedef {{seat: number, rttMs: {count: number, p50: number | null, p95: number | null, max: number | null},
 *   sentPackets: number, sentBytes: number, receivedPackets: number, sentInputs: number, receivedInputs: number}} LinkSummary counters of the session so far
 */

/** @typedef {"completed" | "end_frame_mismatch" | "input_mismatch" | "hash_mismatch" | "no_confirm" | "partial"} SealReason */

/**
 * @typedef {object} Seal
 * @property {number} endFrame of a partial episode: the number of its rows
 * @property {number} rows
 * @property {number} chunks
 * @property {string} inputHash first 16 hex of SHA-256 of the input log's JSON, [[[action, flags], ...seats], ...frames]
 * @property {string} stateHash of the last row
 * @property {boolean} verified every peer confirmed the same end, inputs and state, and no hash differed on the way
 * @property {SealReason} reason "completed" if verified
 * @property {{links: LinkSummary[], [name: string]: number | null | LinkSummary[]}} stats counters of this episode, and its links
 */

/**
 * @typedef {{type: "progress", stage: "runtime" | "packages" | "environment", fraction: number, text: string}} ProgressMessage
 * @typedef {{type: "ready", spec: Spec}} ReadyMessage
 * @typedef {{type: "failed", error: Failure}} FailedMessage nothing more will come
 * @typedef {{type: "status", status: Status}} StatusMessage every 100 ms, and at each change of state
 * @typedef {{type: "draw", display: any[], frame: number}} DrawMessage the newest one wins
 * @typedef {{type: "countdown", seconds: number}} CountdownMessage whole seconds left, at each change
 * @typedef {"rows" | "local" | "rollbacks"} ChunkKind
 * @typedef {{type: "chunk", kind: ChunkKind, episode: number, seq: number, firstFrame: number, lastFrame: number, rows: string[], sha256: string}} ChunkMessage
 *   seq counts over all kinds, first and last over one; sha256 of rows.join("\n")
 * @typedef {{type: "desync", episode: number, frame: number, ownHash: string, peerSeat: number, peerHash: string, verifiedFrame: number, dump: string}} DesyncMessage
 *   the first frame that differs from a peer's; dump: base64 of the bytes that were hashed, empty when they are gone
 * @typedef {{type: "seal", episode: number, seal: Seal}} SealMessage after the last chunk of its episode
 * @typedef {{kind: string, tMs: number, [detail: string]: any}} GameEvent
 * @typedef {{type: "event", event: GameEvent}} EventMessage
 * @typedef {{type: "finished"}} FinishedMessage all episodes are sealed
 * @typedef {ProgressMessage | ReadyMessage | FailedMessage | StatusMessage | DrawMessage | CountdownMessage | ChunkMessage
 *   | SealMessage | DesyncMessage | EventMessage | FinishedMessage} FromWorker
 */

export {};
