import { type Field, type Fields, type ScalarField, type StringField, string } from "./field.ts";

/** The values that a document's id is made of, in order: names of fields, or one name where the field is the id. */
export type ModelKey<Name extends string = string> = Name | readonly [Name, ...Name[]];

/** What the parts of an id are joined by. */
export const KEY_SEPARATOR = "~";

/** The field that holds the id of a model whose key is made of several: `DeptManager` → `deptManagerKey`. */
export const compositeKeyOf = (typeName: string): string =>
  `${typeName.charAt(0).toLowerCase()}${typeName.slice(1)}Key`;

/** What a definition's key says: the field of the id, and what the id is made of when it is made. */
export interface ReadKey {
  readonly key: string;
  readonly keyParts?: readonly string[];
  readonly fields: Fields;
}

/**
 * Completes a definition whose key is made of several fields: its documents get a field of their own that holds the id.
 * @throws TypeError by `fail`, for parts that cannot be in an id, and when the field's name is taken
 */
export function readKey(
  { typeName, key, fields }: { readonly typeName: string; readonly key: ModelKey; readonly fields: Fields },
  fail: (problem: string) => never,
): ReadKey {
  if (typeof key === "string") return { key, fields };
  const own = compositeKeyOf(typeName);
  if (Object.hasOwn(fields, own))
    fail(`has a field "${own}", which is the name of its id. Name the field otherwise.`);
  if (new Set(key).size < key.length || key.length === 0) fail("key must name each of its fields once.");
  for (const name of key) {
    const field: Field | undefined = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || !isPart(field)) return fail(`key names "${name}", which is no scalar field.`);
    if (field.nullable) fail(`key names "${name}", which cannot be nullable then.`);
  }
  const id: StringField = string(`The id: ${key.join(`, ${KEY_SEPARATOR}, `)}.`);
  return { key: own, keyParts: key, fields: { [own]: id, ...fields } };
}

const isPart = (field: Field): field is ScalarField =>
  field.kind !== "object" && field.kind !== "list" && field.kind !== "link";
