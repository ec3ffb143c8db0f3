import { type GraphQLSchema, getNamedType, isEnumType } from "graphql";

/** A field that tells the values of a dimension: `salesValues(dimension: STATE)`. */
export interface ValueSource {
  readonly field: string;
  readonly dimension: string;
}

/** Values that a list offers; who wants others types them. */
const MOST_VALUES = 500;

/**
 * Where the values of a field can be asked for, by the name that filters give it: of the cube that is asked itself, else of
 * the first cube that has a dimension of this name. Null when none has.
 */
export function findValueSource(schema: GraphQLSchema, name: string, root: string): ValueSource | null {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const dimension = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  const found = Object.values(fields).filter((field) => {
    const type = field.args.find((arg) => arg.name === "dimension")?.type;
    const named = type && getNamedType(type);
    return field.name.endsWith("Values") && isEnumType(named) && named.getValue(dimension) !== undefined;
  });
  const field = found.find((one) => one.name === `${root}Values`) ?? found[0];
  return field ? { field: field.name, dimension } : null;
}

/** Asks for values, each source once; those that cannot be had are none. */
export type ReadValues = (source: ValueSource) => Promise<readonly string[]>;

/** Reads values from the gateway, and keeps them as long as the page is open. */
export function createValueReader(url: string): ReadValues {
  const known = new Map<string, Promise<readonly string[]>>();
  return ({ field, dimension }) => {
    const key = `${field} ${dimension}`;
    const values = known.get(key) ?? askValues(url, field, dimension);
    known.set(key, values);
    values.catch(() => known.delete(key));
    return values.catch(() => []);
  };
}

async function askValues(url: string, field: string, dimension: string): Promise<readonly string[]> {
  const query = `query ValuesOfADimension { values: ${field}(dimension: ${dimension}, first: ${MOST_VALUES}) { value } }`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as {
    readonly data?: { readonly values: readonly { readonly value: unknown }[] };
  };
  if (!data) throw new TypeError("The gateway told no values.");
  return data.values.flatMap(({ value }) => (value === null ? [] : [String(value)]));
}
