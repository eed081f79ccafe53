// The fleet's door: documents of agents and sessions as values, and the plans over them.
export { readAgent, type Agent } from "./agent.ts";
export { chooseAgent, fenceFor, isAble, sessionIdOf, type Wanted } from "./allocation.ts";
export { holdsAgent, isLive, readSession, type Session, type SessionState } from "./session.ts";
