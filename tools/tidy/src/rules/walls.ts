import { WALLS, type Wall } from "../arrows.ts";
import { fileKind } from "../file-kind.ts";
import { importsOf, resolveRelative } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";

/** Walls inside a package: files of one folder reach no file of another, over whatever way, types included. */
export const walls: Rule = {
  name: "walls",
  check: (tree) => WALLS.flatMap((wall) => breaches(tree, wall)),
};

function breaches(tree: Tree, wall: Wall): readonly Finding[] {
  const files = new Set(tree.typescript);
  return tree.typescript
    .filter((file) => file.startsWith(`${wall.folder}/`) && fileKind(file) === "source")
    .flatMap((file) =>
      importsOf(tree, file).flatMap(({ specifier, line }) => {
        if (!specifier.startsWith(".")) return [];
        const way = wayBeyond(tree, wall, { from: resolveRelative(file, specifier), files });
        if (way === undefined) return [];
        const message = `${wall.folder} may not reach ${wall.beyond}, and does over ${way.join(" → ")}; ${wall.why}`;
        return [{ file, line, message }];
      }),
    );
}

/** Files from `from` to the first one beyond the wall; a file inside the wall's own folder answers for itself. */
function wayBeyond(
  tree: Tree,
  wall: Wall,
  { from, files }: { readonly from: string; readonly files: ReadonlySet<string> },
): readonly string[] | undefined {
  const seen = new Set([from]);
  const ways: (readonly string[])[] = [[from]];
  for (const way of ways) {
    const file = way.at(-1) ?? from;
    if (file.startsWith(`${wall.beyond}/`)) return way;
    if (!files.has(file) || file.startsWith(`${wall.folder}/`)) continue;
    for (const { specifier } of importsOf(tree, file)) {
      if (!specifier.startsWith(".")) continue;
      const next = resolveRelative(file, specifier);
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
