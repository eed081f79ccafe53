import type { Json } from "@swoosh/kernel/values";
import type { StateAnswer } from "@swoosh/protocol";
import type { Proposed, ProposeOptions } from "./proposer.ts";
import type { StateOptions } from "./reader.ts";

/**
 * Types of a chart, as `swoosh chart types` prints them: for chart `order`
 * `{ proposal: OrderProposal; context: OrderContext }`.
 */
export interface ChartTypes {
  readonly proposal: { readonly transition: string; readonly inputs: object };
  readonly context?: object;
}

type TransitionOf<Types extends ChartTypes> = Types["proposal"]["transition"];

type InputsOf<Types extends ChartTypes, Name extends string> = Extract<
  Types["proposal"],
  { readonly transition: Name }
>["inputs"];

type ContextOf<Types extends ChartTypes> = Types extends { readonly context: infer Context }
  ? Context
  : { readonly [key: string]: Json };

/** A state whose context has the chart's type. */
export type ChartState<Types extends ChartTypes> = Omit<StateAnswer, "state"> & {
  readonly state?: Omit<NonNullable<StateAnswer["state"]>, "context"> & {
    readonly context: ContextOf<Types>;
  };
};

/** The client of one chart's instances, by id: transitions and their inputs are those that the chart declares. */
export interface ChartClient<Types extends ChartTypes> {
  propose<Name extends TransitionOf<Types>>(
    id: string,
    transition: Name,
    inputs: InputsOf<Types, Name>,
    options?: ProposeOptions,
  ): Promise<Proposed>;
  dryRun<Name extends TransitionOf<Types>>(
    id: string,
    transition: Name,
    inputs: InputsOf<Types, Name>,
    options?: ProposeOptions,
  ): Promise<Proposed>;
  state(id: string, options?: StateOptions): Promise<ChartState<Types> | undefined>;
}
