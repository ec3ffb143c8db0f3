import { type FieldNode, Kind, type SelectionSetNode } from "graphql";
import type { Fragments } from "../compile-selection.ts";
import { isLeftOut } from "../field-cost.ts";

/** What the parts of an operation are read with. */
export interface Surroundings {
  readonly fragments: Fragments;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The fields of an object by their keys in the answer, in its order, without `__typename` and what a directive leaves out. */
export function collectFields(
  sets: readonly (SelectionSetNode | undefined)[],
  { fragments, variables }: Surroundings,
): ReadonlyMap<string, readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const visit = (set: SelectionSetNode | undefined): void => {
    for (const node of set?.selections ?? []) {
      if (isLeftOut(node, variables)) continue;
      if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(node.name.value)) continue;
        spread.add(node.name.value);
        visit(fragments[node.name.value]?.selectionSet);
      } else if (node.name.value !== "__typename") {
        const key = node.alias?.value ?? node.name.value;
        const nodes = found.get(key) ?? [];
        nodes.push(node);
        found.set(key, nodes);
      }
    }
  };
  for (const set of sets) visit(set);
  return found;
}

export const selectionsOf = (nodes: readonly FieldNode[]): readonly (SelectionSetNode | undefined)[] =>
  nodes.map(({ selectionSet }) => selectionSet);
