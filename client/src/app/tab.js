/**
 * The name of this tab, which a reload keeps and a copy of the tab does not have.
 *
 * While a page is there the tab's storage does not hold the name: a browser that copies a tab copies its storage too. The page puts it
 * there when it goes away, and the next page of the same tab takes it out again.
 */

export const KEY = "igym-tab";

export class TabName {
  name;
  #storage;

  /**
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage  of the tab; null where there is none
   * @param {() => string} fresh                                                  a name that no other tab has
   */
  constructor(storage, fresh) {
    this.#storage = storage;
    this.name = storage?.getItem(KEY) ?? fresh();
    this.take();
  }

  /** The page is there (again). */
  take() {
    this.#storage?.removeItem(KEY);
  }

  /** The page goes away. */
  leave() {
    this.#storage?.setItem(KEY, this.name);
  }
}
