import type { FetchedPackage } from "./fetch-npm.ts";

/**
 * W3C and SCION statechart scripts: .scxml files with the configurations they must reach (Apache-2.0). Data for tests,
 * no dependency of ours: so it stays out of the lockfile and out of commits, pinned to the bytes that we have looked at.
 */
export const SCION_SCRIPTS: FetchedPackage = {
  name: "@scion-scxml/test-framework",
  version: "2.0.16",
  integrity:
    "sha512-5rRd5CdFLUzmPaO43NSamBmhq6uW/0kUmUneEnqRSbAj0FiFVAINd1DfadUkdECT+xHLARCJZU7meQD4nqYyKw==",
};
