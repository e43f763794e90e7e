import assert from "node:assert/strict";
import { test } from "node:test";

import { routeOf } from "../../src/net/route.js";

/** @param {string} local @param {string} remote @param {object} [more] */
function stats(local, remote, more = {}) {
  return new Map(
    Object.entries({
      transport: { type: "transport", selectedCandidatePairId: "pair" },
      pair: { type: "candidate-pair", localCandidateId: "l", remoteCandidateId: "r" },
      l: { candidateType: local, protocol: "udp", ...more },
      r: { candidateType: remote },
    }),
  );
}

test("direct, relayed, and not known yet", () => {
  assert.deepEqual(routeOf(stats("host", "srflx")), {
    route: "direct",
    candidates: { local: "host", remote: "srflx", protocol: "udp", relay_protocol: null },
  });
  assert.deepEqual(routeOf(stats("relay", "host", { relayProtocol: "tcp" })).candidates?.relay_protocol, "tcp");
  assert.equal(routeOf(stats("host", "relay")).route, "relay");
  assert.deepEqual(routeOf(new Map()), { route: "unknown", candidates: null });
});

test("a browser without a transport report marks the pair itself", () => {
  const found = stats("host", "host");
  found.delete("transport");
  Object.assign(found.get("pair") ?? {}, { selected: true });
  assert.equal(routeOf(found).route, "direct");
});
