import type { Finding, SourceText } from "./finding.ts";

/** Relative links and images of Markdown files lead to something that is there; anchors within the same file exist. */
export function checkLinks(
  files: readonly SourceText[],
  exists: (path: string) => boolean,
): readonly Finding[] {
  return files.flatMap(({ path, text }) => {
    const plain = withoutCode(text);
    const anchors = anchorsOf(plain);
    const findings: Finding[] = [];
    for (const found of plain.matchAll(
      /!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    )) {
      const target = found[1] ?? "";
      const line = plain.slice(0, found.index).split("\n").length;
      if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      if (file === "") {
        if (anchor !== undefined && anchor !== "" && !anchors.has(anchor.toLowerCase()))
          findings.push({ file: path, line, message: `the anchor #${anchor} is not in this file` });
      } else if (!exists(resolvePath(path, decode(file.split("?")[0] ?? ""))))
        findings.push({ file: path, line, message: `the link to ${file} leads nowhere` });
    }
    return findings;
  });
}

/** Code keeps its lines and loses its text. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/^(```+|~~~+)[\s\S]*?^\1[^\n]*$/gm, (block) => block.replaceAll(/[^\n]/g, ""))
    .replaceAll(/`[^`\n]*`/g, (code) => " ".repeat(code.length));
}

function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const found of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = (found[1] ?? "")
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
