// The agent's door: one agent at work, in the process that calls.
export { findConfinement, type Confinement } from "./find-confinement.ts";
export { runAgent, type AgentOptions, type RunningAgent } from "./run-agent.ts";
