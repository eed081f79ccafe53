import { IngestProblem } from "./ingest-problem.ts";
import { LINKS_FOLLOWED_MAX } from "./limits.ts";

/**
 * Throws `link_leads_out` where a symbolic link, followed as a file system would, through other links as well, leaves the tree or goes
 * round. Where a link leads to nothing inside the tree it is harmless. `links`: path → what it says.
 */
export function checkLinks(links: ReadonlyMap<string, string>): void {
  for (const [path, target] of links) follow(path, target, links);
}

function follow(path: string, target: string, links: ReadonlyMap<string, string>): void {
  const leadsOut = (why: string): IngestProblem =>
    new IngestProblem(
      "link_leads_out",
      `the link ${path} → ${JSON.stringify(target.slice(0, 200))} ${why}; replace it by what it leads to`,
    );
  if (target === "" || target.includes("\0")) throw leadsOut("says nothing that can be followed");
  if (target.startsWith("/")) throw leadsOut("is absolute");
  const place = path.split("/").slice(0, -1);
  const todo = target.split("/");
  let followed = 0;
  for (let step = todo.shift(); step !== undefined; step = todo.shift()) {
    if (step === "" || step === ".") continue;
    if (step === "..") {
      if (place.pop() === undefined) throw leadsOut("leads out of the source");
      continue;
    }
    place.push(step);
    const next = links.get(place.join("/"));
    if (next === undefined) continue;
    followed += 1;
    if (followed > LINKS_FOLLOWED_MAX) throw leadsOut("goes round, or through too many links");
    if (next.startsWith("/")) throw leadsOut("is followed by one that is absolute");
    place.pop();
    todo.unshift(...next.split("/"));
  }
}
