// The mesh's door: what programs outside need, by name.
export type {
  Arm,
  ArmResult,
  ArmRole,
  ArmSample,
  Claim,
  Experiment,
  NotRun,
  Plot,
  RunContext,
  Sample,
  Statistic,
} from "./experiments/experiment.ts";
export { frozenHashOf, runExperiment, seedsOf } from "./experiments/run-experiment.ts";
export { readSamples, writeSample, type ReadSamples } from "./experiments/read-samples.ts";
export {
  summariseExperiment,
  type ExperimentSummary,
  type Outcome,
} from "./experiments/summarise-experiment.ts";
export { theilSen } from "./experiments/theil-sen.ts";
export type { Interval } from "./experiments/interval.ts";
export { ENGINE_NAMES, type Engine, type EngineName } from "./automaton/engine.ts";
export { Grid, sizeProblem, type GridSize } from "./automaton/grid.ts";
export { SIDE_MAX, SIDE_MIN } from "./automaton/limits.ts";
export { BitsEngine } from "./automaton/bits-engine.ts";
export { NaiveEngine } from "./automaton/naive-engine.ts";
export { SimdEngine } from "./automaton/simd/simd-engine.ts";
export { WorkersEngine } from "./automaton/simd/workers-engine.ts";
export type {
  Crew,
  CrewHost,
  KernelHost,
  KernelInstance,
  KernelMemory,
  LifeKernel,
} from "./automaton/simd/kernel-host.ts";
export { CONWAY, parseRule, ruleOf, type ParsedRule, type Rule } from "./automaton/rule.ts";
export { stateHash } from "./automaton/state-hash.ts";
export { PURPOSES, RandomStream, type Purpose } from "./random/random-stream.ts";
export { soup } from "./random/soup.ts";
export { readRle, type ReadRle, type RlePattern, type RleProblem } from "./rle/read-rle.ts";
export { writeRle } from "./rle/write-rle.ts";
export { EmbedFault, type Embedder, type EmbedFaultKind } from "./embed/embedder.ts";
export { EmbedQueue, type EmbedQueueFigures } from "./embed/embed-queue.ts";
export { embedHashedNgrams, hashedNgrams } from "./embed/hashed-ngrams.ts";
export { TOKENS_MAX } from "./embed/truncate.ts";
export { createEventWriter, type EventWriter } from "./events/event-writer.ts";
export { eventSchemas, type LogEvent } from "./events/log-event.ts";
export { createLogReader, validateEvents, type ValidatedLog } from "./events/validate-events.ts";
export { MeshError, type MeshErrorCode } from "./shards/mesh-error.ts";
export { KEY_DIMENSIONS, quantise, type VectorKey } from "./shards/vector-key.ts";
export { Memory, type LongTermStore, type MemoryState, type Recalled } from "./tiers/memory.ts";
export type { MemoryItem } from "./tiers/memory-item.ts";
export { passagesOf } from "./tiers/passages.ts";
export { EXPERIMENTS, findExperiment } from "./experiments/find-experiment.ts";
export type { CloneEnded, CloneTask } from "./experiments/clean-clone-criterion.ts";
export { plotPoints, type Plotted } from "./experiments/plot-points.ts";
export {
  writeReport,
  type ExperimentResult,
  type MeasuredSources,
  type RunFacts,
} from "./experiments/write-report.ts";
export { judgeLeak, type LeakSample, type LeakVerdict } from "./experiments/judge-leak.ts";
export { createLoadDriver } from "./load/drive-load.ts";
export { gossipedSummaries } from "./shards/gossiped-summaries.ts";
export { ShardMesh } from "./shards/shard-mesh.ts";
export type { Injection, ShardMeshOptions } from "./shards/shard-mesh-options.ts";
export { createTopology, type Topology } from "./shards/topology.ts";
export {
  Carriers,
  type CarriedShard,
  type CarrierEvent,
  type CarrierOptions,
} from "./carriers/carrier.ts";
export {
  findGliders,
  type FoundGlider,
  type GliderDetector,
  type Heading,
} from "./carriers/find-gliders.ts";
export { createKeyIndex, type KeyIndex, type LikenessHost } from "./embed/likeness/key-index.ts";
export { kernelHostOver, likenessHostOver, type WebAssemblyApi } from "./web-assembly.ts";
export { EnergyField, type EnergyLaw } from "./energy/energy-field.ts";
export { findFlippedPatterns, findNear } from "./patterns/find-flipped-patterns.ts";
export { findPatterns, type FoundPattern } from "./patterns/find-patterns.ts";
export {
  PATTERN_CLASSES,
  type PatternClass,
  type PatternHeading,
} from "./patterns/pattern-class.ts";
export { PatternTracker, type TrackedPattern } from "./patterns/pattern-tracker.ts";
export { TEMPLATES, templateOf, type Template } from "./patterns/templates.ts";
export { adapterHash, adapterText, readAdapter, type Adapter } from "./lora/adapter.ts";
export { AdapterRegistry, type RegistryRefusal } from "./lora/adapter-registry.ts";
export { AmplitudeField, type Disc, type FieldLaw } from "./lora/amplitude-field.ts";
export { fitAdapter, type FitOptions } from "./lora/fit-adapter.ts";
export { LoraAutomaton, type RowSource } from "./lora/lora-automaton.ts";
export { startPulse, type Pulse, type PulseShape, type PulseStarted } from "./lora/pulse.ts";
export { PULSE_LAW, PULSE_SHAPE, TRAIN_TICKS } from "./lora/pulse-settings.ts";
export { REGISTERED_ADAPTERS } from "./lora/registered-adapters.ts";
export { adapterSource, blendSource, type Sighting } from "./lora/row-sources.ts";
