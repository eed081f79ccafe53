import type { Kernel, NormalChart } from "@swoosh/kernel";

type Others = (name: string) => NormalChart | undefined;

interface Remembered<Made> {
  readonly made: Made;
  /** What was looked up on the way, and what was there. */
  readonly asked: ReadonlyMap<string, NormalChart | undefined>;
}

/** More charts than a server has; what was not asked for longest goes first. */
const TEXTS_MAX = 64;

/**
 * The same kernel, which makes each chart once: from the same text beside the same other charts comes the same chart, and
 * a process that opens several folders, or one folder again, has its charts at once. A chart is compiled for tens of
 * milliseconds, and fifteen come with every server.
 */
export function rememberCharts(kernel: Kernel): Kernel {
  const loaded = remembering((text, otherCharts) => kernel.loadChartText(text, { otherCharts }));
  const compiled = remembering((text, otherCharts) => kernel.compileNormal(text, otherCharts));
  return {
    ...kernel,
    loadChartText: (text, { otherCharts = nobody } = {}) => loaded(text, otherCharts),
    compileNormal: compiled,
  };
}

const nobody: Others = () => undefined;

function remembering<Made>(
  make: (text: string, others: Others) => Made,
): (text: string, others: Others) => Made {
  const known = new Map<string, Remembered<Made>>();
  return (text, others) => {
    const had = known.get(text);
    known.delete(text);
    const isSame = had !== undefined && [...had.asked].every(([name, was]) => others(name) === was);
    const next = isSame ? had : making(make, text, others);
    known.set(text, next);
    const [oldest] = known.keys();
    if (known.size > TEXTS_MAX && oldest !== undefined) known.delete(oldest);
    return next.made;
  };
}

function making<Made>(
  make: (text: string, others: Others) => Made,
  text: string,
  others: Others,
): Remembered<Made> {
  const asked = new Map<string, NormalChart | undefined>();
  const made = make(text, (name) => {
    const found = others(name);
    asked.set(name, found);
    return found;
  });
  return { made, asked };
}
