/** `*` within a folder, `**` over folders, `?` one character; all else is itself. Whole paths are matched; a folder matches what is in it. */
export function matchesGlob(glob: string, path: string): boolean {
  return patternOf(glob.endsWith("/") ? `${glob}**` : glob).test(path);
}

const cache = new Map<string, RegExp>();

function patternOf(glob: string): RegExp {
  const known = cache.get(glob);
  if (known !== undefined) return known;
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("**/", "\u0000")
    .replaceAll("**", "\u0001")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll("\u0000", "(?:.*/)?")
    .replaceAll("\u0001", ".*");
  const pattern = new RegExp(`^${source}$`);
  cache.set(glob, pattern);
  return pattern;
}
