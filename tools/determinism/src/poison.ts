/**
 * Makes everything throw that could let the outside into a hash: clock, randomness, timers, locale. Called before the
 * kernel is imported, so that nothing can keep an earlier reference. The process (or page) is of no use for anything else.
 */
export function poisonGlobals(): void {
  const forbid = (name: string) => () => {
    throw new Error(`determinism: ${name} was called`);
  };
  const world: Record<string, unknown> = globalThis;
  for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"]) {
    if (name in world) world[name] = forbid(name);
  }
  const forbiddenDate = forbid("Date");
  for (const name of ["now", "parse", "UTC"]) {
    Object.defineProperty(Date, name, { value: forbid(`Date.${name}`) });
  }
  for (const name of Object.getOwnPropertyNames(Date.prototype)) {
    Object.defineProperty(Date.prototype, name, { value: forbid(`Date.prototype.${name}`) });
  }
  // A library may hold the class itself, as a type to compare with; calling it or anything of it is what throws.
  world["Date"] = new Proxy(Date, { apply: forbiddenDate, construct: forbiddenDate });
  Object.defineProperty(Math, "random", { value: forbid("Math.random") });
  for (const name of ["exp", "log", "sin", "cos", "pow", "atan", "tan", "cbrt", "expm1"]) {
    Object.defineProperty(Math, name, { value: forbid(`Math.${name}`) });
  }
  world["Intl"] = new Proxy({}, { get: forbid("Intl") });
  for (const name of ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase", "normalize"]) {
    Object.defineProperty(String.prototype, name, { value: forbid(name) });
  }
  for (const prototype of [Number.prototype, Array.prototype, Object.prototype]) {
    Object.defineProperty(prototype, "toLocaleString", { value: forbid("toLocaleString") });
  }
  if ("performance" in world) {
    Object.defineProperty(globalThis, "performance", { get: forbid("performance") });
  }
}
