import {
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { VitrineError } from "../errors.ts";

type Arguments = Readonly<Record<string, unknown>>;

/** What a field costs beyond the 1 of every field. It stands in the field's extensions, beside its resolver. */
export interface FieldCost {
  /** How often what is selected inside is completed; it throws what the resolver will throw for these arguments. */
  readonly rows?: (args: Arguments) => number;
  /** Work of the field itself, in fields. */
  readonly own?: (args: Arguments) => number;
  /** The work is done once for a page, not once per row of it. */
  readonly isOfPage?: boolean;
}

/** Conditions and values of one filter, at most: more is a table, and belongs into one. */
export const MAX_CONDITIONS = 1000;

/** What a statement of its own weighs, in fields (measured: a third of a millisecond of the gateway, beside 2 µs of a field). */
export const STATEMENT_COST = 100;

/** Under `extensions` of a field: `extensions: costing({ rows: … })`. */
export const costing = (cost: FieldCost) => ({ vitrineCost: cost });

/**
 * Conditions and values of filters, however nested; a filter costs as many fields.
 * @throws VitrineError LIMIT_EXCEEDED for more than MAX_CONDITIONS
 */
export function countConditions(args: Arguments, names: readonly string[]): number {
  let count = 0;
  const open: unknown[] = names.map((name) => args[name]);
  // No recursion: how deep a value is says its sender.
  for (let value = open.pop(); open.length > 0 || value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) for (const inner of value) open.push(inner);
    else if (typeof value === "object" && value !== null) open.push(...Object.values(value));
    else if (value !== undefined) count += 1;
    if (count > MAX_CONDITIONS)
      throw new VitrineError(
        "LIMIT_EXCEEDED",
        `${names.join(" and ")}: more than ${MAX_CONDITIONS} conditions and values. Ask several times, or for less.`,
      );
  }
  return count;
}

/** Where an operation is executed. */
export interface Costed {
  readonly schema: GraphQLSchema;
  /** Rows of a field that is asked how many it gives; default: as it says itself. */
  readonly maxFirst?: number | undefined;
}

/** What one selection costs per completion of its parent, and once for all of them. */
interface Cost {
  readonly perRow: number;
  readonly once: number;
}

/**
 * The cost of an operation, with its variables coerced: each field counts 1, times the sizes of the pages and lists
 * above it, and what its FieldCost says.
 * @throws VitrineError LIMIT_EXCEEDED for a filter of too many conditions, and for a page larger than one may be
 */
export function readCost(
  { schema, maxFirst = Number.POSITIVE_INFINITY }: Costed,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Arguments,
): number {
  const known = new Map<string, Cost>();

  const ofSet = (type: GraphQLObjectType | undefined, set: SelectionSetNode | undefined): Cost => {
    let perRow = 0;
    let once = 0;
    for (const node of set?.selections ?? []) {
      if (isLeftOut(node, variables)) continue;
      const cost = ofNode(type, node);
      perRow += cost.perRow;
      once += cost.once;
    }
    return { perRow, once };
  };
  const ofNode = (type: GraphQLObjectType | undefined, node: SelectionNode): Cost => {
    if (node.kind === Kind.INLINE_FRAGMENT)
      return ofSet(typeNamed(schema, node.typeCondition?.name.value) ?? type, node.selectionSet);
    if (node.kind === Kind.FIELD) return ofField(type, node);
    const name = node.name.value;
    const before = known.get(name);
    if (before) return before;
    known.set(name, { perRow: 0, once: 0 }); // validation refuses cycles; this ends one all the same
    const fragment = fragments.get(name);
    const cost = ofSet(typeNamed(schema, fragment?.typeCondition.name.value), fragment?.selectionSet);
    known.set(name, cost);
    return cost;
  };
  const ofField = (
    type: GraphQLObjectType | undefined,
    node: Extract<SelectionNode, { kind: Kind.FIELD }>,
  ): Cost => {
    const field = type?.getFields()[node.name.value];
    if (!field) return LEAF; // `__typename`, or introspection, whose depth a rule of validation bounds
    const cost = (field.extensions.vitrineCost ?? {}) as FieldCost; // set by `costing` and nobody else
    const inner = getNamedType(field.type);
    const selected = ofSet(isObjectType(inner) ? inner : undefined, node.selectionSet);
    const args = cost.rows || cost.own ? readArguments(field, node, variables) : {};
    const rows = cost.rows ? orNothing(cost.rows, args) : 1;
    if (rows !== undefined && rows > maxFirst && hasFirst(field))
      throw tooMany(node.name.value, rows, maxFirst);
    const own = cost.own ? orNothing(cost.own, args) : 0;
    // Of a page without rows there may still be a count.
    const total =
      rows === undefined || own === undefined ? 1 : 1 + own + selected.perRow * rows + selected.once;
    return cost.isOfPage ? { perRow: 0, once: total } : { perRow: total, once: 0 };
  };

  const root = schema.getRootType(operation.operation) ?? undefined;
  const { perRow, once } = ofSet(root, operation.selectionSet);
  return perRow + once;
}

/** Whether it is asked how many rows it gives; another list gives all that it has. */
const hasFirst = ({ args }: Parameters<typeof getArgumentValues>[0]): boolean =>
  args.some(({ name }) => name === "first");

const tooMany = (name: string, rows: number, most: number) =>
  new VitrineError(
    "LIMIT_EXCEEDED",
    `${name}: ${rows} rows are asked for, and at most ${most} are allowed. Say first: ${most}.`,
  );

const LEAF: Cost = { perRow: 1, once: 0 };

/** What the resolver refuses runs nothing; it says what is wrong, at its path. */
function orNothing(read: (args: Arguments) => number, args: Arguments): number | undefined {
  try {
    return read(args);
  } catch (error) {
    if (error instanceof VitrineError && error.code === "BAD_INPUT") return undefined;
    throw error;
  }
}

function readArguments(
  field: Parameters<typeof getArgumentValues>[0],
  node: Parameters<typeof getArgumentValues>[1],
  variables: Arguments,
): Arguments {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {}; // executing it meets the same error, and tells of it
  }
}

/** Undefined of an interface, whose own fields cost what every field does. */
function typeNamed(schema: GraphQLSchema, name: string | undefined): GraphQLObjectType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isObjectType(type) ? type : undefined;
}

/** Whether `@skip` or `@include` leaves a selection out. */
export const isLeftOut = (node: SelectionNode, variables: Arguments): boolean =>
  (node.directives?.length ?? 0) > 0 &&
  (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if === false);
