/**
 * Hex and bytes, for tests of the wire.
 *
 * @module
 */

/**
 * @param {ArrayBuffer | Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} hex
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
