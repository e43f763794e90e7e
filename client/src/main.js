/** The composition root of the page: the browser's parts, built once and handed to app and ui. */
import { Page } from "./app/page.js";
import { PING_INTERVAL_MS } from "./app/pings.js";
import * as registry from "./app/registry.js";
import { TabName } from "./app/tab.js";
import { PeerLink } from "./net/peer.js";
import { GameCanvas, canvasSurface } from "./ui/canvas.js";
import { copyOnClick } from "./ui/code.js";
import { need } from "./ui/elements.js";
import { Keyboard } from "./ui/keyboard.js";
import { Screens } from "./ui/screens.js";

const SOCKET_IO = "/static/vendor/socket.io.esm.min.js";
const PLAYING = new Set(["countdown", "playing"]);

const clock = () => performance.timeOrigin + performance.now();

/** @param {number} ms @param {() => void} run @returns {() => void} cancels */
function after(ms, run) {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Random text that names this load of the page. */
function newPageId() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** None where the browser keeps nothing for this site; a reload is then another tab to the server. @returns {Storage | null} */
function tabStorage() {
  try {
    return window.sessionStorage;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

async function connection() {
  const { io } = await import(SOCKET_IO);
  return io({
    autoConnect: false,
    transports: ["websocket"],
    reconnectionDelay: 250,
    reconnectionDelayMax: 2_000,
    timeout: 10_000,
  });
}

const element = (/** @type {string} */ id) => need(document, id, HTMLElement);

async function main() {
  const screens = new Screens(document);
  const canvas = new GameCanvas(canvasSurface(need(document, "game", HTMLCanvasElement), element("stage"), window));
  const keyboard = new Keyboard((keys) => page.game.supervisor.post({ type: "keys", ...keys }));

  const tab = new TabName(tabStorage(), newPageId);
  window.addEventListener("pagehide", () => tab.leave());
  window.addEventListener("pageshow", () => tab.take());

  const page = new Page({
    socket: await connection(),
    registry: registry.EVENTS,
    registryVersion: registry.VERSION,
    timers: { after },
    clock,
    participantId: location.pathname.slice(1),
    pageId: newPageId(),
    tabId: tab.name,
    spawnWorker: () => new Worker("/static/client/game/worker.js", { type: "module", name: "game" }),
    createLink: (options) => new PeerLink({ ...options, after }),
    render(view) {
      screens.render(view);
      keyboard.use(PLAYING.has(view.state) ? Object.keys(view.keys).flatMap((key) => key.split("+")) : []);
    },
    draw: (display, size) => canvas.show(display, size),
    onTestProfile: async (tested) => (await import("./app/hook.js")).install(window, tested, clock),
  });

  listen(page, canvas);
  keyboard.listen(window, document);
  page.start();
}

/** What the browser tells the page. @param {Page} page @param {GameCanvas} canvas */
function listen(page, canvas) {
  new ResizeObserver(() => canvas.redraw()).observe(element("stage"));
  const tellVisibility = () => page.visibility({ hidden: document.hidden, focused: !document.hidden && document.hasFocus() });
  for (const type of ["focus", "blur", "pageshow"]) window.addEventListener(type, tellVisibility);
  document.addEventListener("visibilitychange", tellVisibility);
  window.addEventListener("error", ({ message, filename, lineno }) => page.warn("uncaught", `${message} (${filename}:${lineno})`));
  window.addEventListener("unhandledrejection", ({ reason }) => page.warn("uncaught", String(reason?.stack ?? reason)));
  for (const id of ["continue", "end-continue"]) element(id).addEventListener("click", () => void page.proceed());
  element("reload").addEventListener("click", () => location.reload());
  copyOnClick(element("copy"), element("code"), after);
  copyOnClick(element("end-copy"), element("end-code"), after);
  setInterval(() => void page.pings.ping(), PING_INTERVAL_MS);
  tellVisibility();
}

await main();
