import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  print,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { findValueSource, type ValueSource } from "./value-source.ts";

/** How a variable is entered. */
export type InputKind = "text" | "integer" | "decimal" | "boolean" | "date" | "dateTime" | "enum" | "json";

/** A variable of an operation, as a form asks for it. */
export interface VariableField {
  readonly name: string;
  readonly kind: InputKind;
  /** `[OrderStatus!]`, for whoever knows types. */
  readonly type: string;
  readonly isRequired: boolean;
  /** What it is when nothing is given; undefined when the operation does not say. */
  readonly default: string | undefined;
  /** Of an enum: what there is. */
  readonly options: readonly string[];
  /** Where the values that there are can be asked for. */
  readonly source: ValueSource | null;
}

const kinds: Readonly<Record<string, InputKind>> = {
  Int: "integer",
  Float: "decimal",
  BigInt: "integer",
  Decimal: "decimal",
  Boolean: "boolean",
  Date: "date",
  DateTime: "dateTime",
};

/** The variables of a document's first operation, in its order; those of types that the schema does not have are left out. */
export function describeVariables(schema: GraphQLSchema, document: DocumentNode): readonly VariableField[] {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  const sources = findSources(schema, document);
  return (operation.variableDefinitions ?? []).flatMap(({ variable, type: typeNode, defaultValue }) => {
    const type = typeFromAST(schema, typeNode) as GraphQLInputType | undefined; // of a variable: an input type
    if (!type) return [];
    const name = variable.name.value;
    const named = getNamedType(type);
    return [
      {
        name,
        kind: kindOf(type),
        type: print(typeNode),
        isRequired: isNonNullType(type) && !defaultValue,
        default: defaultValue && print(defaultValue),
        options: isEnumType(named) ? named.getValues().map((value) => value.name) : [],
        source: sources.get(name) ?? null,
      },
    ];
  });
}

function kindOf(type: GraphQLInputType): InputKind {
  const named = getNamedType(type);
  if (isListType(getNullableType(type)) || isInputObjectType(named)) return "json";
  return isEnumType(named) ? "enum" : (kinds[named.name] ?? "text");
}

/** For each variable, what it is compared with: `where: { state: { eq: $state } }` of `sales` is a state of sales. */
function findSources(schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<string, ValueSource> {
  const sources = new Map<string, ValueSource>();
  const types = new TypeInfo(schema);
  const fields: string[] = [];
  const objects: string[] = [];
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        enter: (node) => void fields.push(node.name.value),
        leave: () => void fields.pop(),
      },
      ObjectField: {
        enter: (node) => void objects.push(node.name.value),
        leave: () => void objects.pop(),
      },
      Variable(node) {
        // `state: { eq: $state }`: the name before the operator.
        const compared = objects.at(-2);
        const source = compared && findValueSource(schema, compared, fields[0] ?? "");
        if (source) sources.set(node.name.value, source);
      },
    }),
  );
  return sources;
}

/** A variable's value as its form shows it; "" for none. A text that is no JSON is JSON that is being typed: it stays as it is. */
export function toInput(value: unknown, kind: InputKind): string {
  if (value === undefined || value === null) return "";
  if (kind === "json" && typeof value === "string" && value !== "" && fromInput(value, kind) === value)
    return value;
  return kind === "json" || typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a form shows: what was typed into it, letter by letter, as long as it stands for the value; else the value. */
export const showInput = (typed: string | null, value: unknown, kind: InputKind): string =>
  typed !== null && JSON.stringify(fromInput(typed, kind)) === JSON.stringify(value)
    ? typed
    : toInput(value, kind);

/** What a form's text stands for in JSON; undefined: nothing is given. A number that is none is passed on: the gateway says so. */
export function fromInput(text: string, kind: InputKind): unknown {
  if (text === "") return undefined;
  switch (kind) {
    case "integer":
      // A larger one would lose digits as a number; the gateway takes it as text.
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case "boolean":
      return text === "true";
    case "json":
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    default:
      return text;
  }
}

/** The text of the variables with one of them changed; null when the text is no JSON object: it is not overwritten. */
export function changeVariable(text: string, name: string, value: unknown): string | null {
  const variables = readVariables(text);
  if (!variables) return null;
  const { [name]: _, ...others } = variables;
  if (value === undefined) return JSON.stringify(others, null, 2);
  return JSON.stringify(
    name in variables ? { ...variables, [name]: value } : { ...others, [name]: value },
    null,
    2,
  );
}

/** The variables that a text holds; null when it is no JSON object. */
export function readVariables(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
