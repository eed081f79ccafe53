import process from "node:process";
import { createActor, initialTransition, transition } from "xstate";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import { compileChart } from "../chart/compile-chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import { createNativeRegistry } from "../chart/native-registry.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createInterpreter } from "./interpreter.ts";
import { LOOP, projectSizedChart } from "./test/project-sized-chart.ts";
import { toXState } from "./test/to-xstate.ts";
import type { StepHost } from "./step-host.ts";

/** One step of a chart as large as that of projects; the bars are 20 × `transition()` and 4 × `actor.send()`. */
const TRANSITION_RATIO_MIN = 20;
const SEND_RATIO_MIN = 4;

const natives = createNativeRegistry([]);
const { normal, problems } = loadChart(projectSizedChart(), { natives });
if (normal === undefined) throw new Error(JSON.stringify(problems));
const chart = compileChart(nodeHasher, normal, { natives });

const host: StepHost = {
  failed: false,
  begin: () => {},
  beginMicrostep: () => {},
  holds: () => true,
  exit: () => {},
  act: () => {},
  enter: () => {},
  raised: () => {},
};
const interpreter = createInterpreter(chart);
const started = interpreter.initial(host);
if (started.kind !== "done") throw new Error("the chart starts");
let { configuration, history } = started;

function goRound(): unknown {
  for (const event of LOOP) {
    const step = interpreter.macrostep(configuration, history, event, host);
    if (step.kind !== "done" || !step.taken) throw new Error(`${event} is taken`);
    ({ configuration, history } = step);
  }
  return configuration;
}

const machine = toXState(chart, { holds: () => true, note: null });
let [snapshot] = initialTransition(machine);
const events = LOOP.map((type) => ({ type }));

function goRoundPure(): unknown {
  for (const event of events) [snapshot] = transition(machine, snapshot, event);
  return snapshot;
}

const actor = createActor(machine);
actor.start();

function goRoundActor(): unknown {
  for (const event of events) actor.send(event);
  return actor.getSnapshot();
}

const operations = LOOP.length;
const measured = measure([
  { name: "interpreter", run: goRound, operations },
  { name: "XState 5 transition()", run: goRoundPure, operations },
  { name: "XState 5 actor.send()", run: goRoundActor, operations },
]);
process.stdout.write(printTable("one configuration step", measured));

const [, pure, sent] = measured;
const timesPure = 1 / (pure?.ratio.median ?? 1);
const timesSent = 1 / (sent?.ratio.median ?? 1);
process.stdout.write(
  `${timesPure.toFixed(1)} × transition() (bar ${TRANSITION_RATIO_MIN}), ${timesSent.toFixed(1)} × actor.send() (bar ${SEND_RATIO_MIN})\n`,
);
if (timesPure < TRANSITION_RATIO_MIN || timesSent < SEND_RATIO_MIN) process.exitCode = 1;
