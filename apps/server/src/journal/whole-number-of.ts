import { JournalError } from "@swoosh/kernel";

/** A number that is kept as text under this key; 0 where there is none. Throws a `JournalError` where it is none. */
export function wholeNumberOf(key: string, value: Buffer | undefined): number {
  if (value === undefined) return 0;
  const text = value.toString("latin1");
  if (/^\d{1,15}$/u.test(text)) return Number(text);
  throw new JournalError(
    "corrupt",
    `the store's number "${key}" is ${JSON.stringify(text.slice(0, 40))}; restore the folder from a backup`,
  );
}
