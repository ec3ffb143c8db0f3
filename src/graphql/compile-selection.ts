import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import type { Document } from "../models/model.ts";
import type { Pace } from "./answer-pace.ts";

/** Under `extensions` of a field that a document holds under this name: its resolver only takes it out. */
export const storedAs = (name: string) => ({ vitrineStored: name }) as const;

/** The same of one that is made of what the document holds, by `take`. */
export const takenBy = (name: string, take: (document: Document) => unknown) => ({
  ...storedAs(name),
  vitrineTake: take,
});

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** The fragments of a document, by name. */
export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = document.definitions.flatMap((node) =>
    node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
  );
  return Object.fromEntries(fragments);
}

/** What an answer shows of a value; a promise when that is long, or cannot be shown. Never throws. */
export type Complete = (value: unknown, pace: Pace) => unknown;

/** A field of the answer and what is selected below it, from all places that name it. */
interface Selected {
  readonly field: GraphQLField<unknown, unknown> | "__typename";
  readonly sets: SelectionSetNode[];
}

/**
 * What a selection takes out of an object, when all of it is stored there: then nothing but the object's own
 * values is needed, and GraphQL's executor would do the same work field by field. Undefined for any other selection, and for
 * one with directives, which depend on variables.
 */
export function compileSelection(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
): Complete | undefined {
  const selected = collect(type, sets, fragments);
  if (!selected) return undefined;
  const members: Member[] = [];
  for (const [key, { field, sets: below }] of selected) {
    const complete =
      field === "__typename"
        ? () => type.name
        : compileValue(`${type.name}.${field.name}`, field.type, below, fragments);
    if (!complete) return undefined;
    const isCounted = field !== "__typename" && !isListType(getNullableType(field.type));
    const { name, take } = sourceOf(field, key);
    members.push({ key, name, take, isCounted, complete });
  }
  return completeMembers(members);
}

/** Where the value of a member is: under a name in the object, or made of it. */
const sourceOf = (field: Selected["field"], key: string): Pick<Member, "name" | "take"> =>
  field === "__typename"
    ? { name: key, take: undefined }
    : // storedAs and takenBy put them there, or nobody
      { name: String(field.extensions.vitrineStored), take: field.extensions.vitrineTake as Member["take"] };

interface Member {
  /** In the answer. */
  readonly key: string;
  /** In the object. */
  readonly name: string;
  readonly take: ((document: Document) => unknown) | undefined;
  readonly isCounted: boolean;
  readonly complete: Complete;
}

function completeMembers(members: readonly Member[]): Complete {
  return (value, pace) => {
    const source = value as Readonly<Record<string, unknown>>; // both stores promise objects where a model says so
    const result: Record<string, unknown> = {};
    let late: Promise<void>[] | undefined;
    for (const { key, name, take, isCounted, complete } of members) {
      const inner = take ? take(source) : source[name];
      if (isCounted) pace.count(key, inner);
      const done = complete(inner, pace);
      result[key] = done;
      if (!(done instanceof Promise)) continue;
      late ??= [];
      late.push(
        done.then((ready) => {
          result[key] = ready;
        }),
      );
    }
    return late ? Promise.all(late).then(() => result) : result;
  };
}

/** The fields of a selection by their keys in the answer; undefined for what is not stored in the object. */
function collect(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
): ReadonlyMap<string, Selected> | undefined {
  const fields = type.getFields();
  const selected = new Map<string, Selected>();
  const spread = new Set<string>();
  const visit = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.every((node) => {
      if ((node.directives?.length ?? 0) > 0) return false;
      // Validation has refused fragments on other types, and cycles.
      if (node.kind === Kind.INLINE_FRAGMENT) return visit(node.selectionSet);
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(node.name.value)) return true;
        spread.add(node.name.value);
        return visit(fragments[node.name.value]?.selectionSet);
      }
      const name = node.name.value;
      const key = node.alias?.value ?? name;
      const field = name === "__typename" ? name : fields[name];
      if (!field || (field !== "__typename" && !field.extensions.vitrineStored)) return false;
      if (key === "__proto__") return false; // no key of an ordinary object
      const known = selected.get(key) ?? { field, sets: [] };
      if (node.selectionSet) known.sets.push(node.selectionSet);
      selected.set(key, known);
      return true;
    }) ?? false;
  return sets.every(visit) ? selected : undefined;
}

function compileValue(
  place: string,
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
): Complete | undefined {
  const inner = getNullableType(type);
  const complete = isListType(inner)
    ? compileList(place, inner.ofType, sets, fragments)
    : isObjectType(inner)
      ? compileSelection(inner, sets, fragments)
      : isEnumType(inner)
        ? (value: unknown) => attempt(() => inner.serialize(value))
        : asItIs;
  if (!complete) return undefined;
  const missing = isNonNullType(type) ? () => attempt(() => refuseNull(place)) : () => null;
  return (value, pace) => (value === null || value === undefined ? missing() : complete(value, pace));
}

/** Documents are in canonical form (models/field.ts), which is that of the answer. */
const asItIs: Complete = (value) => value;

function compileList(
  place: string,
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
): Complete | undefined {
  const complete = compileValue(place, type, sets, fragments);
  if (!complete) return undefined;
  const isOfObjects = isObjectType(getNamedType(type));
  return (value, pace) => {
    const list = value as readonly unknown[]; // both stores promise lists where a model says so
    if (!isOfObjects) for (const item of list) if (typeof item === "string") pace.count("", item);
    const all = (items: readonly unknown[]) => completeItems(items, complete, pace);
    const spread = pace.spread(list);
    return spread instanceof Promise ? spread.then(all) : all(spread);
  };
}

function completeItems(items: readonly unknown[], complete: Complete, pace: Pace): unknown {
  let isLate = false;
  const done = items.map((item) => {
    const one = item instanceof Promise ? item.then((ready) => complete(ready, pace)) : complete(item, pace);
    isLate ||= one instanceof Promise;
    return one;
  });
  return isLate ? Promise.all(done) : done;
}

/** A fault as a promise: it is heard with all others, and leaves none of them alone. */
function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

function refuseNull(place: string): never {
  throw new Error(`Cannot return null for non-nullable field ${place}.`);
}
