/**
 * Types of the main thread: what the server sends, what the screens are given. No code.
 *
 * @typedef {import("../game/messages.js").Status} Status
 * @typedef {import("../game/messages.js").Spec} Spec
 * @typedef {import("../game/messages.js").SessionConfig} SessionConfig
 * @typedef {import("../game/messages.js").ToWorker} ToWorker
 * @typedef {import("../game/messages.js").FromWorker} FromWorker
 *
 * @typedef {{sha256: string, url: string}} Archive
 * @typedef {{name: string, sha256: string, url: string}} Wheel
 * @typedef {{pyodide_url: string, archives: Archive[], wheels: Wheel[], entry: string, kwargs: Record<string, any>}} Runtime
 *
 * @typedef {object} SceneConfig
 * @property {string} [title]
 * @property {string[]} [paragraphs]
 * @property {string} [button]
 * @property {string|null} [completion_code]
 * @property {Runtime|null} [runtime]
 * @property {(string|[string, string])[]} [keys_help]
 *
 * @typedef {object} Scene
 * @property {string} scene_id
 * @property {"page"|"game"|"thanks"} kind
 * @property {number} index   position, from 0
 * @property {number} total   number of scenes
 * @property {SceneConfig} config
 *
 * @typedef {object} Lobby
 * @property {"queued"|"found"|"connecting"} phase
 * @property {number|null} [waiting_count]
 * @property {number} group_size
 * @property {string|null} [message]
 *
 * @typedef {object} SessionEnd
 * @property {string} session_id
 * @property {string} reason
 * @property {string} outcome
 * @property {string} message
 * @property {"advance"|"stay"} next
 * @property {string|null} [completion_code]
 *
 * @typedef {object} Signal
 * @property {string} session_id
 * @property {number} seat         addressee when sent, sender when received
 * @property {number} generation
 * @property {"offer"|"answer"|"candidate"|"end"|"restart"} kind
 * @property {any} payload
 *
 * @typedef {{ok: boolean, code?: string|null, message?: string|null, [key: string]: any}} Ack
 *
 * What PeerLink (net) offers; the composition root passes the factory in.
 * @typedef {object} Link
 * @property {(kind: any, payload: any) => unknown} receive
 * @property {() => unknown} route
 * @property {() => unknown} close
 *
 * @typedef {object} LinkOptions
 * @property {number} localSeat
 * @property {number} peerSeat
 * @property {number} generation
 * @property {any} ice
 * @property {(kind: Signal["kind"], payload: any) => void} signal
 * @property {(label: any, channel: any, isPort: boolean) => void} onChannel
 * @property {(state: any) => void} onState
 *
 * What every screen is drawn from. One value per state; the ui never asks back.
 * @typedef {import("./flow.js").State} State
 * @typedef {object} View
 * @property {State} state
 * @property {{stage: string, fraction: number}} load
 * @property {Scene|null} scene
 * @property {Lobby|null} lobby
 * @property {number} countdown            seconds left, whole
 * @property {"none"|"saving"|"partner-slow"} note
 * @property {Record<string, string>} keys  code -> name of the action, as far as known
 * @property {string|null} role             who this participant is in the game, if the environment says
 * @property {SessionEnd|null} end
 * @property {boolean} more                another scene waits behind this screen
 * @property {boolean} offline             no connection to the server for a while
 * @property {boolean} busy                the participant's answer is on its way
 * @property {{kind: string, message: string|null, reference: string}|null} error
 */
/**
 * What the composition root hands to the page.
 * @template Page
 * @typedef {object} Parts
 * @property {import("./server.js").Socket} socket
 * @property {import("./payloads.js").Registry} registry
 * @property {number} registryVersion
 * @property {{after: (ms: number, run: () => void) => (() => void)}} timers
 * @property {() => number} clock                      ms since the epoch
 * @property {string} participantId
 * @property {string} pageId
 * @property {string} tabId   of the tab, over its reloads
 * @property {() => import("./supervisor.js").WorkerLike} spawnWorker
 * @property {(options: LinkOptions) => Link} createLink
 * @property {(view: View) => void} render
 * @property {(display: unknown, size: [number, number]) => void} draw
 * @property {(page: Page) => void} onTestProfile      called once, when the server says so
 */
export {};
