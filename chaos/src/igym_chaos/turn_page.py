"""The page's half of a proxied relay: an init script by which its peer connections reach the relay through the participant's own proxy.

The server names one address of the relay to everybody; each page puts its proxy's port there. The application notices nothing.
"""

from __future__ import annotations

from igym_chaos.toxiproxy import ProxiedPath

SCRIPT = """
(() => {
  const Native = globalThis.RTCPeerConnection;
  if (Native === undefined || globalThis.__igymTurnPort !== undefined) return;
  Object.defineProperty(globalThis, "__igymTurnPort", { value: PROXY });
  const through = (url) => url.replace(/^(turns?:127\\.0\\.0\\.1):RELAY(?=\\?|$)/, "$1:PROXY");
  const server = (one) => ({ ...one, urls: [one.urls].flat().map(through) });
  const changed = (configuration) =>
    configuration?.iceServers === undefined
      ? configuration
      : { ...configuration, iceServers: configuration.iceServers.map(server) };
  globalThis.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(configuration, ...rest) {
      super(changed(configuration), ...rest);
    }
    setConfiguration(configuration) {
      super.setConfiguration(changed(configuration));
    }
  };
})();
"""


def init_script(path: ProxiedPath) -> str:
    """For a page whose proxy is `path`; before its first navigation."""
    return SCRIPT.replace("RELAY", str(path.upstream_port)).replace("PROXY", str(path.port))
