/**
 * What is empty, as one value each: nothing in a document is ever changed in place, and most documents have no effect, no timer
 * and no history, which would take 120 bytes of each instance's memory.
 */
export const NO_ITEMS: readonly never[] = [];
export const NO_MEMBERS: Readonly<Record<string, never>> = {};
