import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { extend } from "../extend.ts";
import type { Pace } from "./answer-pace.ts";
import { type Complete, compileSelection, type Fragments, fragmentsOf } from "./compile-selection.ts";
import type { RequestContext } from "./context.ts";

/** How GraphQL's executor sees an object of which only stored fields are selected: as one value. */
const whole = new GraphQLScalarType<unknown, unknown>({ name: "Whole", serialize: (value) => value });

/**
 * Executes queries over a schema of their own, in which each object that a compiled selection can show is one value: the
 * executor then works on what has resolvers, and on nothing inside a document. A query is looked at once, and then as
 * long as its text is remembered.
 */
export function compileOperations(schema: GraphQLSchema): Plugin<RequestContext> {
  const known = new WeakMap<DocumentNode, Map<string, GraphQLSchema>>();
  const schemaOf = (document: DocumentNode, operationName: string | null | undefined): GraphQLSchema => {
    const ofDocument = known.get(document) ?? new Map<string, GraphQLSchema>();
    known.set(document, ofDocument);
    const name = operationName ?? "";
    const compiled = ofDocument.get(name) ?? compileOperation(schema, document, operationName);
    ofDocument.set(name, compiled);
    return compiled;
  };
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const compiled = schemaOf(args.document, args.operationName);
      if (compiled !== schema) setExecuteFn((given) => executeFn(extend(given, { schema: compiled })));
    },
  };
}

type Field = GraphQLField<unknown, RequestContext>;
type FieldConfig = GraphQLFieldConfig<unknown, RequestContext>;
/** Of each type that an operation selects from, the fields that it asks for, and those among them that are one value. */
type Asked = Map<GraphQLObjectType, Map<string, AskedField>>;
interface AskedField {
  readonly field: Field;
  readonly isWhole: boolean;
}

/** The schema itself where nothing can be compiled: anything but a query, and a query about the schema. */
function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): GraphQLSchema {
  const query = schema.getQueryType();
  const operation = getOperationAST(document, operationName);
  if (!query || operation?.operation !== OperationTypeNode.QUERY) return schema;
  const asked = findAsked(query, operation.selectionSet, fragmentsOf(document));
  const fieldsAsked = [...(asked?.values() ?? [])].flatMap((fields) => [...fields.values()]);
  if (!asked || !fieldsAsked.some(({ isWhole }) => isWhole)) return schema;
  const types = new Map<string, GraphQLObjectType>();
  const toType = (type: GraphQLObjectType): GraphQLObjectType => {
    const made =
      types.get(type.name) ?? new GraphQLObjectType({ name: type.name, fields: () => toFields(type) });
    types.set(type.name, made);
    return made;
  };
  const toField = ({ field, isWhole }: AskedField, config: FieldConfig): FieldConfig =>
    isWhole
      ? { ...config, type: replace(field.type, () => whole), resolve: showWhole(field) }
      : { ...config, type: replace(field.type, toType) };
  const toFields = (type: GraphQLObjectType): Readonly<Record<string, FieldConfig>> => {
    const configs = Object.entries(type.toConfig().fields);
    const wanted = asked.get(type);
    return Object.fromEntries(
      configs.flatMap(([name, config]) => {
        const one = wanted?.get(name);
        return one ? [[name, toField(one, config)]] : [];
      }),
    );
  };
  return new GraphQLSchema({ query: toType(query), directives: schema.getDirectives(), assumeValid: true });
}

/**
 * Undefined for a query that asks about the schema, and for one that asks by an interface: which type it meets is known
 * when a document is there only.
 */
function findAsked(
  query: GraphQLObjectType,
  selectionSet: SelectionSetNode,
  fragments: Fragments,
): Asked | undefined {
  const asked: Asked = new Map();
  const spread = new Set<string>();
  const visit = (type: GraphQLObjectType, set: SelectionSetNode): boolean =>
    set.selections.every((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT)
        return (node.typeCondition?.name.value ?? type.name) === type.name && visit(type, node.selectionSet);
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments[node.name.value];
        if (!fragment || spread.has(node.name.value)) return true;
        spread.add(node.name.value);
        return fragment.typeCondition.name.value === type.name && visit(type, fragment.selectionSet);
      }
      const field = type.getFields()[node.name.value];
      if (!field) return node.name.value === "__typename";
      const inner = getNamedType(field.type);
      if (isAbstractType(inner)) return false;
      const below = isObjectType(inner) && node.selectionSet ? node.selectionSet : undefined;
      const isWhole =
        below !== undefined &&
        isObjectType(inner) &&
        compileSelection(inner, [below], fragments) !== undefined;
      const ofType = asked.get(type) ?? new Map();
      asked.set(type, ofType);
      const known = ofType.get(field.name);
      // A field of one type has one kind of value, wherever it stands in the operation.
      ofType.set(field.name, { field, isWhole: isWhole && (known?.isWhole ?? true) });
      return below === undefined || !isObjectType(inner) || visit(inner, below);
    });
  return visit(query, selectionSet) ? asked : undefined;
}

/** The same lists and non-nulls around another type. */
function replace(
  type: GraphQLOutputType,
  by: (type: GraphQLObjectType) => GraphQLOutputType,
): GraphQLOutputType {
  if (isNonNullType(type)) return new GraphQLNonNull(replace(type.ofType, by));
  if (isListType(type)) return new GraphQLList(replace(type.ofType, by));
  return isObjectType(type) ? by(type) : type;
}

/** Resolves a field as ever, and shows of its documents what is selected. */
function showWhole(field: Field): GraphQLFieldResolver<unknown, RequestContext> {
  const type = getNamedType(field.type) as GraphQLObjectType; // findAsked marks no others
  const compiled = new WeakMap<object, Complete>();
  return (parent, args, context, info) => {
    const [first] = info.fieldNodes;
    // The executor gives all items of a list the same nodes; the first of them stands for all where it is alone.
    const key = info.fieldNodes.length === 1 && first ? first : info.fieldNodes;
    const sets = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const complete = compiled.get(key) ?? (compileSelection(type, sets, info.fragments) as Complete); // as in findAsked
    compiled.set(key, complete);
    return show(field.resolve?.(parent, args, context, info), complete, context.pace);
  };
}

function show(value: unknown, complete: Complete, pace: Pace): unknown {
  if (value instanceof Promise) return value.then((ready: unknown) => show(ready, complete, pace));
  if (Array.isArray(value)) return value.map((item: unknown) => show(item, complete, pace));
  // A document that cannot be given is an error, which the executor puts in its place.
  return value === null || value === undefined || value instanceof Error ? value : complete(value, pace);
}
