/** What helps who was refused by `windowOpen`: a beat at which the same proposal passes, or the window to name instead. */
export type NextWindow = { readonly at_beat: number } | { readonly window: string };

const TIDE = /^the tide stands at \d+; \S+ opens at \d+, at beat (\d{1,16})$/u;
const WINDOW = /^the window is (\S{1,72}); the proposal names /u;

/**
 * Reads the reasons of `windowOpen`; undefined for those of other guards. Its texts stand in records, so they are as they are
 * for ever. Nothing where more than one thing is in the way, or where the phase is: which phase a later beat has is its
 * provider's to say, and the window of then is another.
 */
export function nextWindow(reasons: readonly string[]): NextWindow | undefined {
  const [reason, ...more] = reasons;
  if (reason === undefined || more.length > 0) return undefined;
  const [, beat] = TIDE.exec(reason) ?? [];
  if (beat !== undefined && Number.isSafeInteger(Number(beat))) return { at_beat: Number(beat) };
  const [, window] = WINDOW.exec(reason) ?? [];
  return window === undefined ? undefined : { window };
}
