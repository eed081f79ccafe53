export { fetchNpm, type FetchedPackage } from "./fetch-npm.ts";
export { OTHER_NODES, SCION_SCRIPTS } from "./fetched-packages.ts";
export { CHROMIUM, needDebian, type DebianNeed } from "./need-debian.ts";
export { REPOSITORY } from "./repository.ts";
