/**
 * @param {readonly number[]} sorted ascending
 * @param {number} share 0..1
 * @returns {number | null} nearest rank; null of nothing
 */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
