"""The page's half of the UDP relay: an init script that offers every peer connection the relay's port and no other address.

It needs two functions of the page: OWN_UFRAG(ufrag) tells the harness the page's own ICE name, PORT(ufrag) gives the relay's port for a
peer's. Remote descriptions lose their candidates, remote candidates get the relay's address; the application notices nothing.
"""

from __future__ import annotations

OWN_UFRAG = "__igymRelayOwn"
PORT = "__igymRelayPort"

INIT_SCRIPT = """
(() => {
  if (globalThis.RTCPeerConnection === undefined || globalThis.__igymRelayed !== undefined) return;
  Object.defineProperty(globalThis, "__igymRelayed", { value: true });
  const connection = globalThis.RTCPeerConnection.prototype;
  const { addIceCandidate, setLocalDescription, setRemoteDescription } = connection;
  const ufragOf = (sdp) => /a=ice-ufrag:(\\S+)/.exec(sdp ?? "")?.[1] ?? null;
  const offered = new WeakMap();
  connection.setLocalDescription = async function (...rest) {
    await setLocalDescription.apply(this, rest);
    const ufrag = ufragOf(this.localDescription?.sdp);
    if (ufrag !== null) await globalThis.OWN_UFRAG(ufrag);
  };
  connection.setRemoteDescription = function (description, ...rest) {
    const sdp = description?.sdp?.replace(/a=candidate:[^\\r\\n]*\\r\\n/g, "");
    return setRemoteDescription.call(this, sdp === undefined ? description : { type: description.type, sdp }, ...rest);
  };
  connection.addIceCandidate = async function (candidate, ...rest) {
    const fields = candidate?.candidate?.split(" ") ?? [];
    if (fields.length < 8) return addIceCandidate.call(this, candidate, ...rest);
    if (fields[2].toLowerCase() !== "udp") return undefined;
    const ufrag = candidate.usernameFragment ?? ufragOf(this.remoteDescription?.sdp);
    if (offered.get(this) === ufrag) return undefined;
    offered.set(this, ufrag);
    fields[4] = "127.0.0.1";
    fields[5] = String(await globalThis.PORT(ufrag));
    const line = fields.slice(0, 6).concat("typ", "host").join(" ");
    const { sdpMid, sdpMLineIndex } = candidate;
    return addIceCandidate.call(this, { candidate: line, sdpMid, sdpMLineIndex, usernameFragment: ufrag }, ...rest);
  };
})();
""".replace("OWN_UFRAG", OWN_UFRAG).replace("PORT", PORT)
