/**
 * CRC-32 (IEEE 802.3, as in zlib and PNG), four bits at a time.
 *
 * @module
 */

const NIBBLES = Object.freeze([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344,
  0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);

/**
 * @param {Uint8Array} bytes
 * @returns {number} unsigned 32 bits
 */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    crc = NIBBLES[crc & 15] ^ (crc >>> 4);
    crc = NIBBLES[crc & 15] ^ (crc >>> 4);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
