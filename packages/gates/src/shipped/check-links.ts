import type { Finding, SourceText } from "./finding.ts";

/** `[text](target "title")`; a target may hold pairs of brackets, or anything between angle brackets. */
const LINK =
  /!?\[(?:[^\]\\]|\\.)*\]\(\s*(?:<([^<>\n]*)>|((?:[^()\s<>]|\([^()\s<>]*\))+))(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/g;

/** Relative links and images of Markdown files lead to something that is there; anchors within the same file exist. */
export function checkLinks(
  files: readonly SourceText[],
  exists: (path: string) => boolean,
): readonly Finding[] {
  return files.flatMap(({ path, text }) => {
    const prose = withoutBlocks(text);
    const plain = withoutSpans(prose);
    const anchors = anchorsOf(prose);
    const findings: Finding[] = [];
    for (const found of plain.matchAll(LINK)) {
      const target = found[1] ?? found[2] ?? "";
      const line = plain.slice(0, found.index).split("\n").length;
      // Of a template: where it leads is known when it is filled in.
      const isFilledIn = /\{\{[^{}]*\}\}|\$\{[^{}]*\}/.test(target);
      if (isFilledIn || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      if (file === "") {
        if (anchor !== undefined && anchor !== "" && !anchors.has(decode(anchor).toLowerCase()))
          findings.push({ file: path, line, message: `the anchor #${anchor} is not in this file` });
      } else if (!exists(resolvePath(path, decode(file.split("?")[0] ?? ""))))
        findings.push({ file: path, line, message: `the link to ${file} leads nowhere` });
    }
    return findings;
  });
}

/** Fenced code keeps its lines and loses its text; a fence that nobody closes goes to the end (CommonMark 4.5). */
function withoutBlocks(text: string): string {
  return text.replaceAll(
    /^[ \t>]*(`{3,}|~{3,})[^\n]*(?:\n(?![ \t>]*\1)[^\n]*)*(?:\n[^\n]*)?/gm,
    blank,
  );
}

/** Code spans: as many backticks at the end as at the start, within one paragraph (CommonMark 6.1). */
function withoutSpans(text: string): string {
  return text.replaceAll(/(?<![`\\])(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)\1(?!`)/g, blank);
}

function blank(code: string): string {
  return code.replaceAll(/[^\n]/g, " ");
}

/** Slugs as they are made of headings: of what a reader sees, so without the target of a link; code keeps its words. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const found of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = (found[1] ?? "")
      .replaceAll(LINK, (link) => link.slice(0, link.indexOf("](")))
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-");
    anchors.add(slug);
    for (let number = 1; number < 20; number += 1) anchors.add(`${slug}-${number}`);
  }
  for (const found of text.matchAll(/\b(?:id|name)="([^"]+)"/g))
    anchors.add((found[1] ?? "").toLowerCase());
  return anchors;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `docs/a.md` and `../b.md` → `b.md`; a leading slash is the repository. */
export function resolvePath(from: string, to: string): string {
  const parts = to.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of to.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
