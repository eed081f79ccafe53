import { CHROMIUM, needDebian } from "@swoosh/test";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
let browser: Browser;
beforeAll(async () => {
  const executablePath = needDebian({ ...CHROMIUM, purpose: "the server's pages in a browser" });
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run"];
  browser = await chromium.launch({ executablePath, args });
  rig = await HttpRig.open();
  await rig.flip("kitchen");
  await rig.propose({ instance: "switch/kitchen", transition: "Switch_Burn" });
  // Markup where a name belongs: whoever looks is told that it is none, and nothing of it.
  await fetch(`${rig.server.url}/transition`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"instance":"<img src=x onerror=document.title='broken'>","transition":"<b>bold</b>"}`,
  });
});
afterAll(async () => {
  await browser.close();
  await rig.close();
});

/** Opens a page without scripts being let run, and gives what it complained of and where it went for more. */
async function opened(path: string): Promise<{
  readonly text: string;
  readonly width: string;
  readonly complaints: readonly string[];
  readonly asked: readonly string[];
}> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${rig.server.url}${path}`);
  const text = await page.locator("body").innerText();
  const picture = process.env["SWOOSH_PICTURES"];
  if (picture !== undefined)
    await page.screenshot({
      path: `${picture}/${path.replaceAll("/", "-")}.png`,
      fullPage: path !== "/docs",
    });
  const width = String(await page.evaluate("getComputedStyle(document.body).maxWidth"));
  await page.close();
  return {
    text,
    width,
    complaints,
    asked: asked.filter((url) => !url.endsWith("/favicon.ico")),
  };
}

describe.each(["/", "/docs", "/debug/dashboard"])("the page %s in a browser", (path) => {
  it("comes whole, in its own style, from here alone, without a complaint", async () => {
    const page = await opened(path);
    expect(page.complaints.filter((text) => !text.includes("favicon.ico"))).toEqual([]);
    expect(page.asked).toEqual([`${rig.server.url}${path}`]);
    expect(page.width).toBe("1216px");
    expect(page.text).toContain(rig.node.origin);
  });
});

describe("the dashboard", () => {
  it("shows health, the last records, and each refusal with its cause, as text", async () => {
    const { text } = await opened("/debug/dashboard");
    expect(text).toContain("Swoosh ok");
    expect(text).toContain("switch/kitchen");
    expect(text).toContain("guard_failed");
    expect(text).toContain("worn");
    expect(text).toContain("1 flips are too few");
    expect(text).toContain("instance: what it says is not of the form chart/id");
    for (const sent of ["broken", "bold"]) expect(text).not.toContain(sent);
  });

  it("asks again by itself", async () => {
    const page = await browser.newPage();
    await page.goto(`${rig.server.url}/debug/dashboard`);
    await rig.flip("garden");
    const row = page.getByText("switch/garden").first();
    await row.waitFor();
    expect(await row.textContent()).toContain("switch/garden");
    await page.close();
  });
});
