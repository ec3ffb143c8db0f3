import type { Rules } from "../../../src/derive/rules.ts";

/** A view over the garden, and how well a change finds its documents. */
export interface Shape {
  /** What the view is made of, as a sentence begins. */
  readonly title: string;
  /** The view; its key is `document_id`. */
  readonly sql: string;
  /** The coarsest of its ways; `refused` when it is not derived at all. */
  readonly kind: "precise" | "scan" | "every" | "refused";
  /** Views beneath it, by name. */
  readonly beneath?: Readonly<Record<string, string>>;
  /** The rule without which this view is derived wrongly. */
  readonly needs?: keyof Rules;
  /** Tables that are written, where the view does not tell. */
  readonly writes?: readonly string[];
  /** Sessions that write are in several time zones. */
  readonly zones?: true;
}

export const shape = (
  title: string,
  kind: Shape["kind"],
  sql: string,
  more: Pick<Shape, "beneath" | "needs" | "zones" | "writes"> = {},
): Shape => ({ title, kind, sql, ...more });
