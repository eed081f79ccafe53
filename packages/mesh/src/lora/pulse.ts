import type { ValueHash } from "@swoosh/kernel/values";
import type { Grid } from "../automaton/grid.ts";
import { findNear } from "../patterns/find-flipped-patterns.ts";
import { around, foundAt, type FoundPattern } from "../patterns/find-patterns.ts";
import { TEMPLATES, type Template } from "../patterns/templates.ts";
import type { AdapterRegistry, RegistryRefusal } from "./adapter-registry.ts";
import type { LoraAutomaton } from "./lora-automaton.ts";
import { adapterSource } from "./row-sources.ts";

/** How wide and how strong a pulse is. */
export interface PulseShape {
  /** Cells. */
  readonly radius: number;
  /** Fixed point, 65,536 is 1. */
  readonly amplitude: number;
}

/** A pulse that has begun, or why there is none. */
export type PulseStarted =
  | { readonly started: true; readonly pulse: Pulse }
  | { readonly started: false; readonly refusal: RegistryRefusal };

/** Cells that a pattern may be off where it is expected, and flips that it may bear and still be seen. */
const REACH_CELLS = 3;
const FLIPS_MAX = 3;

/**
 * Starts a pulse on `automaton` at a pattern that the detector found on the raw grid, with one of the adapters in `registry`;
 * which one, in which channel and of which shape is `given`. The adapter is checked against that pattern; the disc is written
 * at once, and the next tick uses the rule. A channel that is not there is an assertion's failure.
 *
 * P1 all that a pulse ever learns of the world is the grid as it is: nothing here takes a reference or an orbit.
 */
export function startPulse(
  automaton: LoraAutomaton,
  registry: AdapterRegistry,
  given: {
    readonly channel: number;
    readonly adapter: ValueHash;
    readonly found: FoundPattern;
    readonly shape: PulseShape;
  },
): PulseStarted {
  const { adapter: id, channel, found, shape } = given;
  const chosen = registry.choose(id, found.template.className);
  if ("code" in chosen) return { started: false, refusal: chosen };
  const sighting = { template: found.template, tick: automaton.tick };
  automaton.setSource(channel, adapterSource(chosen.adapter, sighting));
  const pulse = new Pulse(automaton, { channel, found, shape });
  pulse.renew();
  return { started: true, pulse };
}

/** A pulse that was started; a train is one that is renewed. */
export class Pulse {
  readonly #automaton: LoraAutomaton;
  readonly #channel: number;
  readonly #shape: PulseShape;
  readonly #candidates: readonly Template[];
  #found: FoundPattern;
  #seenTick: number;

  /**
   * Amplitude for `automaton` in the channel that is `given`, about the pattern that was found there; none is written
   * before `renew`.
   */
  constructor(
    automaton: LoraAutomaton,
    given: { readonly channel: number; readonly found: FoundPattern; readonly shape: PulseShape },
  ) {
    this.#automaton = automaton;
    this.#channel = given.channel;
    this.#shape = given.shape;
    this.#found = given.found;
    this.#seenTick = automaton.tick;
    const { className, symmetry } = given.found.template;
    this.#candidates = TEMPLATES.filter(
      (one) => one.className === className && one.symmetry === symmetry,
    );
  }

  /** Where the pattern was last seen, or is expected by its own speed. */
  get expected(): FoundPattern {
    return advance(this.#found, this.#automaton.tick - this.#seenTick, this.#automaton.size);
  }

  /** Looks for the pattern on the raw grid, near where it must have gone, and writes the disc there again. */
  follow(grid: Grid): void {
    const { left, top, template } = this.expected;
    const seen = findNear(grid, this.#candidates, {
      left,
      top,
      cellsMax: REACH_CELLS,
      flipsMax: FLIPS_MAX,
    });
    // One in another phase is not the pattern in step with its rows: the place is taken, the phase is not.
    const isInStep = seen?.template === template;
    if (seen !== undefined && isInStep) {
      this.#found = seen;
      this.#seenTick = this.#automaton.tick;
    }
    this.renew();
  }

  renew(): void {
    const { middleX2, middleY2 } = this.expected;
    const [x, y] = [Math.floor(middleX2 / 2), Math.floor(middleY2 / 2)];
    this.#automaton.addDisc(this.#channel, { x, y, ...this.#shape });
  }

  end(): void {
    this.#automaton.clear(this.#channel);
  }
}

/** The pattern so many ticks on, undisturbed. */
function advance(
  found: FoundPattern,
  ticks: number,
  size: { readonly width: number; readonly height: number },
): FoundPattern {
  const { period, stepX, stepY } = found.template;
  const periods = Math.floor(ticks / period);
  let { template } = found;
  let left = found.left + periods * stepX;
  let top = found.top + periods * stepY;
  for (let rest = ticks % period; rest > 0; rest -= 1) {
    left += template.nextLeft;
    top += template.nextTop;
    template = nextTemplate(template);
  }
  const place = { left: around(left, size.width), top: around(top, size.height) };
  return foundAt(size, template, place, found.flips);
}

function nextTemplate(template: Template): Template {
  const phase = (template.phase + 1) % template.period;
  return (
    TEMPLATES.find(
      (one) =>
        one.className === template.className &&
        one.symmetry === template.symmetry &&
        one.phase === phase,
    ) ?? template
  );
}
