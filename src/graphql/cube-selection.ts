import {
  type FieldNode,
  type GraphQLFieldMap,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { VitrineError } from "../errors.ts";
import type { CubeWindow } from "../stores/cube-store.ts";
import type { Filter, OrderTerm } from "../stores/document-store.ts";
import type { Step } from "../stores/previous-period.ts";
import { readOrders } from "./cube-query.ts";
import { isLeftOut } from "./field-cost.ts";

/** What a query selects of a cube's rows. */
export interface Selection {
  /** The fields, through fragments; without what @skip and @include leave out. */
  readonly names: ReadonlySet<string>;
  readonly windows: readonly CubeWindow[];
  /** Where a window stands among them, by what `windowKey` says of its field. */
  readonly places: ReadonlyMap<string, number>;
}

/** What the fields of a row need to know of the question that it answers. */
export interface Question extends Pick<Selection, "places"> {
  readonly where: Filter | null;
  readonly asOf: string | undefined;
}

/** Windows of one query, at most: each looks at every group. */
const MAX_WINDOWS = 10;

export const windowKinds = ["share", "runningTotal", "previous"] as const;
type WindowKind = (typeof windowKinds)[number];

export interface WindowArguments {
  readonly within?: readonly string[] | null | undefined;
  readonly orderBy?: readonly string[] | null | undefined;
  readonly over?: string | undefined;
  readonly step?: Step | null | undefined;
}

/** Names a window by its field and arguments. */
export const windowKey = (kind: WindowKind, { within, orderBy, over, step }: WindowArguments): string =>
  JSON.stringify([kind, within ?? [], orderBy ?? null, over ?? null, step ?? null]);

/**
 * Reads what is selected of a cube's rows, which are what the field returns, or what `path` leads to below it. `orderBy` is that
 * of the rows, which a running total follows unless told.
 * @throws VitrineError LIMIT_EXCEEDED for more windows than are looked at
 */
export function readSelection(
  info: GraphQLResolveInfo,
  orderBy: readonly string[] | null | undefined,
  path: readonly string[] = [],
): Selection {
  let nodes = fieldsBelow(info.fieldNodes, info);
  let fields = fieldsOf(info.returnType);
  for (const name of path) {
    nodes = fieldsBelow(
      nodes.filter((node) => node.name.value === name),
      info,
    );
    fields = fieldsOf(fields[name]?.type);
  }
  const windows = new Map<string, CubeWindow>();
  for (const node of nodes) {
    const kind = windowKinds.find((one) => one === node.name.value);
    const field = fields[node.name.value];
    if (kind === undefined || !field) continue;
    const args: WindowArguments = getArgumentValues(field, node, info.variableValues);
    const key = windowKey(kind, args);
    const measures = fieldsBelow([node], info).map(({ name }) => name.value);
    const known = windows.get(key)?.measures ?? [];
    const all = [...new Set([...known, ...measures.filter((name) => !name.startsWith("__"))])];
    windows.set(key, toWindow(kind, args, all, readOrders(args.orderBy ?? orderBy)));
  }
  if (windows.size > MAX_WINDOWS)
    throw new VitrineError(
      "LIMIT_EXCEEDED",
      `The query has ${windows.size} shares, running totals and values before; at most ${MAX_WINDOWS} are allowed. Ask several times.`,
    );
  return {
    names: new Set(nodes.map(({ name }) => name.value)),
    windows: [...windows.values()],
    places: new Map([...windows.keys()].map((key, place) => [key, place])),
  };
}

function fieldsOf(type: GraphQLOutputType | undefined): GraphQLFieldMap<unknown, unknown> {
  const named = getNamedType(type);
  return isObjectType(named) ? named.getFields() : {};
}

function toWindow(
  kind: WindowKind,
  { within, over, step }: WindowArguments,
  measures: readonly string[],
  orderBy: readonly OrderTerm[],
): CubeWindow {
  switch (kind) {
    case "share":
      return { kind, measures, within: within ?? [] };
    case "runningTotal":
      return { kind, measures, within: within ?? [], orderBy };
    case "previous":
      return { kind, measures, over: over ?? "", step: step ?? "period" };
  }
}

function fieldsBelow(
  nodes: readonly FieldNode[],
  { fragments, variableValues }: GraphQLResolveInfo,
): readonly FieldNode[] {
  const found: FieldNode[] = [];
  const followed = new Set<string>(); // a second spread of a fragment adds nothing, and following each takes exponentially long
  const visit = (set: SelectionSetNode | undefined) => {
    for (const node of set?.selections ?? []) {
      if (isLeftOut(node, variableValues)) continue;
      if (node.kind === Kind.FIELD) found.push(node);
      else if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
      else if (!followed.has(node.name.value)) {
        followed.add(node.name.value);
        visit(fragments[node.name.value]?.selectionSet);
      }
    }
  };
  for (const node of nodes) visit(node.selectionSet);
  return found;
}
