import { routeOf, type StateAnswer } from "@swoosh/protocol";
import { explainInstance } from "../../read/explain-instance.ts";
import { listCharts, readChart } from "../../read/list-charts.ts";
import { listDecisions, readDecision } from "../../read/list-decisions.ts";
import { listInstances } from "../../read/list-instances.ts";
import { readState } from "../../read/read-state.ts";
import { given, refused, type Reading } from "../../read/reading.ts";
import type { HttpApp } from "../http-app.ts";
import { jsonOf, mount, sentAs, type Asked, type Sent } from "../mount.ts";
import { indexed, type ReadDoors } from "../read-doors.ts";
import { fenced, staleHeaders, unready } from "../stale.ts";

const PAGE_DEFAULT = 100;

/** Instances, explanations, decisions and charts (transition API, Reading). */
export function addReadRoutes(app: HttpApp, doors: ReadDoors): void {
  const { names, sessions, source } = doors;
  const reads = (
    id: Parameters<typeof mount>[1],
    read: (asked: Asked) => Promise<Reading<Sent>> | Reading<Sent>,
  ): void => {
    const unable = routeOf(id).query.some(({ name }) => name === "stale") ? unready : fenced;
    mount(app, id, { sessions, handler: (asked) => unable(doors, asked) ?? read(asked) });
  };

  reads("readState", (asked) => stateAnswer(doors, asked));
  reads("listInstances", (asked) => {
    const { holder, query } = asked;
    const wanted = {
      chart: query.text("chart"),
      in: query.text("in"),
      after: query.text("after"),
      limit: query.integer("limit") ?? PAGE_DEFAULT,
    };
    const page = listInstances(source, names, { query: wanted, viewer: holder.viewer });
    return sentAs(page, (value) => jsonOf(value, staleHeaders(doors, asked)));
  });
  reads("explainInstance", async (asked) => {
    const ready = await indexed(doors);
    if (!ready.ok) return ready;
    const instance = asked.query.text("instance") ?? "";
    const { viewer } = asked.holder;
    const explained = await explainInstance(
      { ...doors, blobs: doors.node.blobs },
      { instance, viewer },
    );
    return sentAs(explained, (value) => jsonOf(value, staleHeaders(doors, asked)));
  });
  reads("listDecisions", (asked) => decisionsAnswer(doors, asked));
  reads("readDecision", async ({ holder, named }) => {
    const ready = await indexed(doors);
    if (!ready.ok) return ready;
    return sentAs(await readDecision(ready.value, { hash: named, viewer: holder.viewer }), jsonOf);
  });
  reads("listCharts", ({ query }) =>
    sentAs(
      listCharts(source, {
        after: query.text("after"),
        limit: query.integer("limit") ?? PAGE_DEFAULT,
      }),
      jsonOf,
    ),
  );
  reads("readChart", ({ named }) => sentAs(readChart(source, named), jsonOf));
  app.addHook("onClose", (_app, done) => {
    doors.past.close();
    done();
  });
}

async function stateAnswer(doors: ReadDoors, asked: Asked): Promise<Reading<Sent>> {
  const { holder, query } = asked;
  const instance = query.text("instance") ?? "";
  if (!holder.viewer.sees(instance)) return absent(instance);
  const found = await headOf(doors, instance, query.integer("at"));
  if (!found.ok) return found;
  if (found.value === undefined) return absent(instance);
  const { chart, head } = found.value;
  const names = query.text("projection")?.split(",") ?? [];
  const answer = readState(head, chart, names);
  if (!answer.ok) return answer;
  const headers = { etag: `"${head.hash}"`, ...staleHeaders(doors, asked) };
  if (isKnown(asked.request.headers["if-none-match"], head.hash))
    return given({ status: 304, headers, body: "" });
  return given(bodyOf(answer.value, headers));
}

/** A whole document is in canonical order already, and much the most common answer. */
function bodyOf(answer: StateAnswer, headers: Readonly<Record<string, string>>): Sent {
  if (answer.projection !== undefined) return jsonOf(answer, headers);
  return { body: JSON.stringify(answer), headers };
}

async function headOf(
  { past, source }: ReadDoors,
  instance: string,
  at: number | undefined,
): Promise<Awaited<ReturnType<ReadDoors["past"]["headAt"]>>> {
  if (at !== undefined) return past.headAt(instance, at);
  const head = source.head(instance);
  if (head === undefined) return given(undefined);
  const chart = source.state.chartByHash(head.document.meta.chart_hash);
  return given(chart === undefined ? undefined : { head, chart });
}

function absent(instance: string): Extract<Reading<never>, { ok: false }> {
  return refused("not_found", `there is no ${instance} here; /instances lists what there is`);
}

/** `If-None-Match` (RFC 9110 §13.1.2): a list of tags, weak ones too, or `*`. */
function isKnown(header: string | undefined, hash: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(`"${hash}"`);
}

async function decisionsAnswer(doors: ReadDoors, asked: Asked): Promise<Reading<Sent>> {
  const { holder, query } = asked;
  const ready = await indexed(doors);
  if (!ready.ok) return ready;
  const wanted = {
    instance: query.text("instance"),
    transition: query.text("transition"),
    signer: query.text("signer"),
    since: query.integer("since"),
    after: query.text("after"),
    limit: query.integer("limit") ?? PAGE_DEFAULT,
  };
  const page = await listDecisions(ready.value, { query: wanted, viewer: holder.viewer });
  return sentAs(page, (value) => jsonOf(value, staleHeaders(doors, asked)));
}
