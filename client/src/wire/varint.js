/**
 * Unsigned LEB128 integers of at most 32 bits. Each value has exactly one encoding; a longer one is refused.
 *
 * @module
 */

const MAX_BYTES = 5;

/**
 * @param {number} value 0..2^32-1
 * @returns {number[]} bytes, least significant group first
 */
export function encodeVarint(value) {
  const bytes = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @returns {{value: number, next: number} | "short" | "value"} next = offset after the integer
 */
export function decodeVarint(bytes, offset) {
  let value = 0;
  for (let index = 0; index < MAX_BYTES; index += 1) {
    if (offset + index >= bytes.length) return "short";
    const byte = bytes[offset + index];
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      const overlong = byte === 0 && index > 0;
      return overlong || value > 0xffffffff ? "value" : { value, next: offset + index + 1 };
    }
  }
  return "value";
}
