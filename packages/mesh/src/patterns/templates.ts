import {
  FIRST_PHASES,
  PATTERN_CLASSES,
  type PatternClass,
  type PatternHeading,
} from "./pattern-class.ts";
import {
  nextShape,
  shapeKey,
  shapeOf,
  SYMMETRIES,
  turnShape,
  type Shape,
  type Symmetry,
} from "./shape.ts";

/** One shape that a class takes: in one orientation, in one phase. */
export interface Template {
  readonly className: PatternClass;
  readonly period: number;
  /** Ticks since the class's first phase; 0 for still lifes. */
  readonly phase: number;
  /** How the first orientation was turned. */
  readonly symmetry: Symmetry;
  /** Ships alone. */
  readonly heading: PatternHeading | undefined;
  /** Cells that the pattern moves in one period. */
  readonly stepX: number;
  readonly stepY: number;
  readonly shape: Shape;
  /** How far the corner of the box moves to the next phase's box. */
  readonly nextLeft: number;
  readonly nextTop: number;
}

const HEADINGS: ReadonlyMap<string, PatternHeading> = new Map([
  ["0,-1", "N"],
  ["1,-1", "NE"],
  ["1,0", "E"],
  ["1,1", "SE"],
  ["0,1", "S"],
  ["-1,1", "SW"],
  ["-1,0", "W"],
  ["-1,-1", "NW"],
]);

/** All templates of all classes; two orientations that look the same in every phase are one. */
export const TEMPLATES: readonly Template[] = PATTERN_CLASSES.flatMap(templatesOf);

/**
 * The template of `className` as it lies after `symmetry` and looks in `phase`; undefined where there is none so. A way
 * that looks like an earlier one is not listed again.
 */
export function templateOf(
  className: PatternClass,
  symmetry: Symmetry,
  phase: number,
): Template | undefined {
  return TEMPLATES.find(
    (one) => one.className === className && one.symmetry === symmetry && one.phase === phase,
  );
}

function templatesOf(className: PatternClass): readonly Template[] {
  const { rows, period } = FIRST_PHASES[className];
  const seen = new Set<string>();
  return SYMMETRIES.flatMap((symmetry) => {
    const orbit = orbitOf(turnShape(shapeOf(rows), symmetry), period);
    // The same shapes again, perhaps from another phase on: a glider mirrored at its diagonal.
    if (orbit.steps.some(({ shape }) => seen.has(shapeKey(shape)))) return [];
    for (const { shape } of orbit.steps) seen.add(shapeKey(shape));
    const { stepX, stepY } = orbit;
    const heading = HEADINGS.get(`${Math.sign(stepX)},${Math.sign(stepY)}`);
    return orbit.steps.map(({ shape, left, top }, phase) => ({
      className,
      period,
      phase,
      symmetry,
      heading,
      stepX,
      stepY,
      shape,
      nextLeft: left,
      nextTop: top,
    }));
  });
}

function orbitOf(first: Shape, period: number) {
  const steps: { readonly shape: Shape; readonly left: number; readonly top: number }[] = [];
  let shape = first;
  let [stepX, stepY] = [0, 0];
  for (let phase = 0; phase < period; phase += 1) {
    const next = nextShape(shape);
    steps.push({ shape, left: next.left, top: next.top });
    stepX += next.left;
    stepY += next.top;
    shape = next.shape;
  }
  return { steps, stepX, stepY };
}
