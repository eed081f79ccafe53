// The agent's door: one agent at work, in the process that calls.
export { runAgent, type AgentOptions, type RunningAgent } from "./run-agent.ts";
