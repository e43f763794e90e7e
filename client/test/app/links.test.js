import assert from "node:assert/strict";
import test from "node:test";
import { EARLY_LIMIT, Links } from "../../src/app/links.js";

/** @param {object} [over] @returns {any} */
const config = (over = {}) => ({ session_id: "s", seat: 0, seats: 3, ice: { iceServers: [] }, ...over });

function make() {
  /** @type {any[]} */
  const made = [];
  /** @type {any[]} */
  const sent = [];
  /** @type {any[]} */
  const channels = [];
  const links = new Links({
    createLink: (options) => {
      const link = { options, received: /** @type {any[]} */ ([]), closed: false };
      made.push(link);
      return {
        receive: (kind, payload) => link.received.push([kind, payload]),
        route: () => ({ route: "direct" }),
        close: () => (link.closed = true),
      };
    },
    send: (signal) => sent.push(signal),
    onChannel: (handover) => channels.push(handover),
    onState: () => {},
  });
  return { links, made, sent, channels };
}

/** @param {object} [over] @returns {any} */
const signal = (over = {}) => ({ session_id: "s", seat: 1, generation: 0, kind: "offer", payload: { sdp: "x" }, ...over });

test("one link to every other seat, seat 0 included", () => {
  const { links, made } = make();
  links.open(config({ seat: 1 }));
  assert.deepEqual(made.map(({ options }) => [options.localSeat, options.peerSeat]), [[1, 0], [1, 2]]);
});

test("signals go to the link of their sender, outgoing ones name the addressee", () => {
  const { links, made, sent, channels } = make();
  links.open(config());
  links.receive(signal({ seat: 2 }));
  assert.deepEqual(made[1].received, [["offer", { sdp: "x" }]]);
  made[1].options.signal("answer", { sdp: "y" });
  assert.deepEqual(sent, [{ session_id: "s", seat: 2, generation: 0, kind: "answer", payload: { sdp: "y" } }]);
  made[0].options.onChannel("input", "channel", false);
  assert.deepEqual(channels, [{ peerSeat: 1, label: "input", channel: "channel", isPort: false }]);
});

test("a signal that comes before the session waits for it, within a bound", () => {
  const { links, made } = make();
  for (let index = 0; index < EARLY_LIMIT + 2; index += 1) links.receive(signal());
  assert.equal(links.counters.droppedEarly, 2);
  links.open(config());
  assert.equal(made[0].received.length, EARLY_LIMIT);
});

test("signals of another generation or of no seat are dropped and counted", () => {
  const { links, made } = make();
  links.open(config());
  links.receive(signal({ generation: 1 }));
  links.receive(signal({ seat: 7 }));
  links.receive(signal({ seat: 0 }));
  assert.deepEqual([links.counters.droppedStale, links.counters.droppedStrange], [1, 2]);
  assert.deepEqual(made.map(({ received }) => received.length), [0, 0]);
});

test("a new session closes the links of the old one", () => {
  const { links, made } = make();
  links.open(config());
  links.open(config({ session_id: "t", seats: 2 }));
  assert.deepEqual(made.map(({ closed }) => closed), [true, true, false]);
});

test("a link that could not tell its route when it stood tells it later, once", async () => {
  let route = "unknown";
  /** @type {any[]} */
  const told = [];
  /** @type {(state: string) => void} */
  let change = () => {};
  const links = new Links({
    createLink: (options) => {
      change = options.onState;
      return { receive() {}, route: () => ({ route }), close() {} };
    },
    send: () => {},
    onChannel: () => {},
    onState: ({ state, route: found }) => told.push([state, /** @type {any} */ (found).route]),
  });
  links.open(config({ seats: 2 }));
  change("connected");
  await Promise.resolve();
  await Promise.resolve();
  links.tellRoutes();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(told.length, 1); // still unknown: nothing new to say
  route = "direct";
  for (let round = 0; round < 2; round += 1) {
    links.tellRoutes();
    await Promise.resolve();
    await Promise.resolve();
  }
  assert.deepEqual(told, [["connected", "unknown"], ["connected", "direct"]]);
  links.close();
  links.tellRoutes();
  assert.equal(told.length, 2);
});
