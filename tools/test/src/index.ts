export { fetchNpm, type FetchedPackage } from "./fetch-npm.ts";
export { freePort } from "./free-port.ts";
export { CHROMIUM, needDebian, PROMTOOL, type DebianNeed } from "./need-debian.ts";
export { OTHER_NODES } from "./other-nodes.ts";
export { REPOSITORY } from "./repository.ts";
export { SCION_SCRIPTS } from "./scion-scripts.ts";
export { startNats, type NatsStart } from "./start-nats.ts";
