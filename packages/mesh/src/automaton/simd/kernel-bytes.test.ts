import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PLAIN_KERNEL, SHARED_KERNEL } from "./kernel-bytes.ts";
import { buildKernel } from "./test/build-kernel.ts";

describe("the built kernels", () => {
  it("are what their text gives, byte for byte", async () => {
    const { plain, shared } = await buildKernel();
    expect(Buffer.from(plain).toString("base64")).toBe(PLAIN_KERNEL);
    expect(Buffer.from(shared).toString("base64")).toBe(SHARED_KERNEL);
  });

  it("come from texts that stand beside them", () => {
    for (const name of ["life.wat", "quiet.wat", "workers.wat"])
      expect(readFileSync(join(import.meta.dirname, name), "utf8").length).toBeGreaterThan(1_000);
  });
});
