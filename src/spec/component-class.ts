import type { SourceLocation } from "../errors";
import type { WrittenValue } from "./specification";

/** A part of a compound component. Its name may end in a range, `shift_add[1..n_components]`. */
export interface Subcomponent {
  readonly name: string;
  readonly class: string;
  readonly attributes: Readonly<Record<string, WrittenValue>>;
  /** Own key, else the attribute of that name, else 1: absent here means "look further". */
  readonly areaShare?: WrittenValue;
}

export interface SubcomponentAction {
  readonly name: string;
  readonly actionShare: WrittenValue;
}

export interface CompoundAction {
  readonly name: string;
  /** In written order; a repeated name is kept here as written. */
  readonly subcomponents: readonly {
    readonly name: string;
    readonly actions: readonly SubcomponentAction[];
  }[];
}

/** A compound component: which parts it has and which of their actions each of its actions performs. */
export interface ComponentClass {
  readonly name: string;
  /** Defaults; the literal `must_specify` demands a value. */
  readonly attributes: Readonly<Record<string, WrittenValue>>;
  readonly subcomponents: readonly Subcomponent[];
  readonly actions: readonly CompoundAction[];
  readonly location?: SourceLocation;
}
