import type { Rule } from "./rule.ts";
import { arrows } from "./rules/arrows.ts";
import { arrowsDrawing } from "./rules/arrows-drawing.ts";
import { importCycles, packageCycles } from "./rules/cycles.ts";
import { docCommands } from "./rules/doc-commands.ts";
import { docPaths } from "./rules/doc-paths.ts";
import { doors } from "./rules/doors.ts";
import { errorPage } from "./rules/error-page.ts";
import { fileNames } from "./rules/file-names.ts";
import { layout } from "./rules/layout.ts";
import { machinePaths } from "./rules/machine-paths.ts";
import { manifests } from "./rules/manifests.ts";
import { marks } from "./rules/marks.ts";
import { names } from "./rules/names.ts";
import { purity } from "./rules/purity.ts";
import { size } from "./rules/size.ts";
import { casts, types } from "./rules/types.ts";
import { unitTests } from "./rules/unit-tests.ts";
import { unitsLast } from "./rules/units-last.ts";
import { walls } from "./rules/walls.ts";

/** All rules of the house; `docs/STYLE.md` says why each is there. */
export const RULES: readonly Rule[] = [
  arrows,
  arrowsDrawing,
  importCycles,
  packageCycles,
  walls,
  doors,
  purity,
  types,
  casts,
  size,
  fileNames,
  names,
  unitsLast,
  unitTests,
  marks,
  machinePaths,
  layout,
  manifests,
  errorPage,
  docPaths,
  docCommands,
];
