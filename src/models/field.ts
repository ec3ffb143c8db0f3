/**
 * The field kinds of a model: a closed union. Every consumer (GraphQL types, `$jsonSchema`, BSON
 * conversion, indexes, verification, reference docs) is one exhaustive `switch (field.kind)`.
 *
 * Each kind has one canonical JavaScript form, the same whichever store the document came from:
 * | kind      | SQL                    | JavaScript                                   | BSON       |
 * |-----------|------------------------|----------------------------------------------|------------|
 * | int       | tinyint … int          | number                                       | Int32      |
 * | bigint    | bigint                 | string of digits                             | Int64      |
 * | decimal   | decimal(p, scale)      | string with exactly `scale` fraction digits  | Decimal128 |
 * | string    | char, varchar, text    | string                                       | string     |
 * | boolean   | tinyint 0 / 1, JSON true / false | boolean                                      | bool       |
 * | enumeration | char, varchar, enum  | string, one of the declared texts            | string     |
 * | date      | date                   | `YYYY-MM-DD`                                 | Date (UTC midnight) |
 * | dateTime  | datetime(0 … 3), UTC; in JSON as in JavaScript | `YYYY-MM-DDTHH:MM:SS.sssZ`                   | Date       |
 */

/** What every stored field may say about itself. */
export interface FieldOptions {
  /** The JSON value may be null. Default: false. */
  readonly nullable?: boolean;
  /** The field can be used in `where` and `orderBy`; its column may be read for every row, and it is indexed in the mirror. Top level only. */
  readonly filter?: boolean;
  /** Personal data: kept out of logs and error messages. */
  readonly pii?: boolean;
  /** Why the field should not be used any more, and what to use instead: shown as a GraphQL deprecation. */
  readonly deprecated?: string;
  /** What the field was called before: GraphQL keeps that name, deprecated, and nothing else knows it. */
  readonly formerly?: string;
}

interface StoredField {
  readonly description: string;
  readonly nullable: boolean;
  readonly filter: boolean;
  readonly pii: boolean;
  readonly deprecated: string | undefined;
  readonly formerly: string | undefined;
}

export interface IntField extends StoredField {
  readonly kind: "int";
}
export interface BigIntField extends StoredField {
  readonly kind: "bigint";
}
export interface DecimalField extends StoredField {
  readonly kind: "decimal";
  /** Digits after the point, always all of them. */
  readonly scale: number;
}
export interface StringField extends StoredField {
  readonly kind: "string";
}
/** One value of a closed set. */
export interface EnumerationValue {
  /** Its name in GraphQL. */
  readonly name: string;
  /** What the column and both stores hold. */
  readonly text: string;
  readonly description: string;
}
/** A text of a closed set: any other makes a document invalid, and cannot be asked for. */
export interface EnumerationField extends StoredField {
  readonly kind: "enumeration";
  /** Name of the GraphQL enum. */
  readonly typeName: string;
  readonly typeDescription: string;
  readonly values: readonly EnumerationValue[];
}
export interface BooleanField extends StoredField {
  readonly kind: "boolean";
}
export interface DateField extends StoredField {
  readonly kind: "date";
}
export interface DateTimeField extends StoredField {
  readonly kind: "dateTime";
}
export interface ObjectField<F extends Fields = Fields> extends StoredField {
  readonly kind: "object";
  /** Name of the GraphQL type. */
  readonly typeName: string;
  readonly typeDescription: string;
  readonly fields: F;
}
export interface ListField<I extends ListItem = ListItem> extends StoredField {
  readonly kind: "list";
  readonly item: I;
  /** How many items a list has on average, where there are many: what a query costs is counted with it. */
  readonly expected: number;
}
/** A way to another document. Not part of the JSON: it is followed through the id in `key`. */
export interface LinkField {
  readonly kind: "link";
  readonly description: string;
  /** Name of the model it leads to. */
  readonly model: string;
  /** The sibling field that holds the other document's id; a dotted path goes into a sibling object. */
  readonly key: string;
}

export type ScalarField =
  | IntField
  | BigIntField
  | DecimalField
  | StringField
  | EnumerationField
  | BooleanField
  | DateField
  | DateTimeField;
export type ListItem = ScalarField | ObjectField;
export type Field = ScalarField | ObjectField | ListField | LinkField;
export type Fields = { readonly [name: string]: Field };

/** Options as literal types, so that the document type knows which fields may be null. */
type Nullable<O> = O extends { readonly nullable: true } ? true : false;

function stored<const O extends FieldOptions>(description: string, options: O | undefined) {
  return {
    description,
    // The cast states what the expression computes: `true` exactly when the literal option is `true`.
    nullable: (options?.nullable ?? false) as Nullable<O>,
    filter: options?.filter ?? false,
    pii: options?.pii ?? false,
    deprecated: options?.deprecated,
    formerly: options?.formerly,
  };
}

export const int = <const O extends FieldOptions = object>(description: string, options?: O) => ({
  kind: "int" as const,
  ...stored(description, options),
});

export const bigint = <const O extends FieldOptions = object>(description: string, options?: O) => ({
  kind: "bigint" as const,
  ...stored(description, options),
});

export const decimal = <const O extends FieldOptions = object>(
  description: string,
  scale: number,
  options?: O,
) => ({ kind: "decimal" as const, scale, ...stored(description, options) });

export const string = <const O extends FieldOptions = object>(description: string, options?: O) => ({
  kind: "string" as const,
  ...stored(description, options),
});

/**
 * A text of a closed set, as a GraphQL enum `typeName`. Each value is named as the text that is stored, so that SQL,
 * exports and GraphQL say the same word; a text that GraphQL cannot name is given beside its name. Values sort as texts.
 * @throws TypeError for what cannot be a name, and for a text that is there twice
 */
export function enumeration<const O extends FieldOptions = object>(
  typeName: string,
  typeDescription: string,
  values: Readonly<Record<string, string | Omit<EnumerationValue, "name">>>,
  options?: O & { readonly description?: string },
) {
  const list = Object.entries(values).map(
    ([name, value]): EnumerationValue =>
      typeof value === "string" ? { name, text: name, description: value } : { name, ...value },
  );
  const fail = (problem: string): never => {
    throw new TypeError(`Enumeration ${typeName}: ${problem}`);
  };
  if (list.length === 0) fail("has no values.");
  for (const { name, text } of list) {
    if (!/^(?!__|(?:true|false|null)$)[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      fail(
        `"${name}" cannot be a name in GraphQL: give it another, and its text beside: { text: "${name}" }.`,
      );
    if (list.filter((other) => other.text === text).length > 1) fail(`has the text "${text}" twice.`);
  }
  return {
    kind: "enumeration" as const,
    typeName,
    typeDescription,
    values: list,
    ...stored<O>(options?.description ?? typeDescription, options),
  };
}

/** The texts of a closed set, in the order of the definition. */
export const textsOf = (field: Pick<EnumerationField, "values">): readonly string[] =>
  field.values.map(({ text }) => text);

export const boolean = <const O extends FieldOptions = object>(description: string, options?: O) => ({
  kind: "boolean" as const,
  ...stored(description, options),
});

export const date = <const O extends FieldOptions = object>(description: string, options?: O) => ({
  kind: "date" as const,
  ...stored(description, options),
});

export const dateTime = <const O extends FieldOptions = object>(description: string, options?: O) => ({
  kind: "dateTime" as const,
  ...stored(description, options),
});

/** A GraphQL object type `typeName`, described by `typeDescription`. */
export const object = <const F extends Fields, const O extends FieldOptions = object>(
  typeName: string,
  typeDescription: string,
  fields: F,
  options?: O & { readonly description?: string },
) => ({
  kind: "object" as const,
  typeName,
  typeDescription,
  fields,
  ...stored<O>(options?.description ?? typeDescription, options),
});

/** What a list is expected to hold when its author does not say. */
const EXPECTED_ITEMS = 10;

/** An array, never null: `[]` when empty. Say how many items are `expected` where it is more than ten on average. */
export const list = <const I extends ListItem>(
  description: string,
  item: I,
  { expected = EXPECTED_ITEMS }: { readonly expected?: number } = {},
) => ({
  kind: "list" as const,
  item,
  expected,
  ...stored(description, {}),
});

/** A field that leads to a document of another model, through the field `key`, which holds its id. */
export const link = (
  model: string,
  options: { readonly key: string; readonly description?: string },
): LinkField => ({
  kind: "link",
  description: options.description ?? `The document of \`${model}\`.`,
  model,
  key: options.key,
});
