/** A 2D context that only remembers which methods were called. */
export function recorder() {
  /** @type {string[]} */
  const calls = [];
  const context = /** @type {any} */ (
    new Proxy(
      {},
      {
        get: (_target, name) => () => void calls.push(String(name)),
        set: () => true,
      },
    )
  );
  return { context, calls };
}
