import { normalCel } from "../check/render-cel.ts";
import type { NormalAction } from "../chart/normal-chart.ts";
import { describeAction } from "./describe-action.ts";

/** Actions in words that are equal exactly when they do the same; what an emit says is compared by its id elsewhere. */
export function actionTexts(actions: readonly NormalAction[]): readonly string[] {
  return actions.map((action) => {
    if ("emit" in action) return `emit ${action.emit.id}`;
    if ("assign" in action) {
      return describeAction({
        assign: action.assign.map(([path, value]) => [path, normalCel(value)]),
      });
    }
    if ("join" in action) {
      const { instance, transition, inputs } = action.join;
      return `join ${normalCel(instance)} ${transition} with ${normalCel(inputs)}`;
    }
    return describeAction(action);
  });
}
