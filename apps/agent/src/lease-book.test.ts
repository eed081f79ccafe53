import { expect, it } from "vitest";
import { LeaseBook } from "./lease-book.ts";

const session = "s1";

it("begins work once that has ended, however often its lease comes again", () => {
  const book = new LeaseBook();
  expect(book.take({ session, fence: 3 })).toBe(true);
  book.end({ session, fence: 3 });
  expect(book.take({ session, fence: 3 })).toBe(false);
  expect(book.take({ session: "s2", fence: 3 })).toBe(true);
});

it("begins work anew that was stopped before its end", () => {
  const book = new LeaseBook();
  expect(book.take({ session, fence: 3 })).toBe(true);
  expect(book.take({ session, fence: 3 })).toBe(true);
});

it("refuses a lease that is older than one it has seen, and begins under a newer one", () => {
  const book = new LeaseBook();
  book.take({ session, fence: 3 });
  book.end({ session, fence: 3 });
  expect(book.take({ session, fence: 4 })).toBe(true);
  // What comes late of the one before ends nothing of this one.
  book.end({ session, fence: 3 });
  expect(book.take({ session, fence: 4 })).toBe(true);
  expect(() => book.take({ session, fence: 3 })).toThrow("fence 3 is older than 4");
});
