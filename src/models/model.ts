import { type ModelKey, readKey } from "./composite-key.ts";
import type { DocumentOf } from "./document-of.ts";
import type { BigIntField, Fields, IntField, StringField } from "./field.ts";
import { findFormerNameTwice, formerNameOf } from "./former-names.ts";

/** A document's id as text: `"12"`, `"TX"`, `"2024-01"`. The key field's kind says how to read it. */
export type DocumentId = string;

/** A document in canonical form (see field.ts): what both stores return, and what GraphQL resolves from. */
export type Document = { readonly [field: string]: unknown };

/** What a model's author writes. */
export interface ModelDefinition<F extends Fields> {
  /** snake_case; names the view, whose columns are the fields in snake_case, and the collection. */
  readonly name: string;
  /** PascalCase GraphQL type; its camelCase is the root field. */
  readonly typeName: string;
  readonly description: string;
  /**
   * The top-level field that holds the id: int, bigint or string. Or the fields, of any scalar kind, that it is made of: then
   * the documents of `DeptManager` get a field `deptManagerKey`, and the view a column `dept_manager_key`, with their values
   * joined by `~` (docs/reference/definition-language.md).
   */
  readonly key: ModelKey<keyof F & string>;
  readonly fields: F;
  /** Least time between two evaluations of one document, e.g. `"1s"`: for expensive aggregates. Default: at once. */
  readonly every?: string;
  /** Documents read from the view and written per batch, at most 10,000. Default 250. Lower it for large documents. */
  readonly batch?: number;
  /**
   * Filters that get no index in the mirror, where one would cost every write and save no read: of few values, or
   * columns that a cube needs for its measures and that nobody looks for.
   */
  readonly unindexed?: readonly string[];
  /** File name of the model's export, without extension, by which commands know the model too. Default: the model's name. */
  readonly exportName?: string;
}

export interface DocumentModel<F extends Fields = Fields> extends Omit<ModelDefinition<F>, "key" | "batch"> {
  readonly kind: "document";
  readonly batch: number;
  // Not `keyof F`: a model of certain fields must pass for a model of any fields.
  readonly key: string;
  /** The fields that the id is made of, where it is: documents are in their order. */
  readonly keyParts?: readonly string[];
  /** The view's column of each field of a document: its name in snake_case. */
  readonly columns: Readonly<Record<string, string>>;
  /** As a role has it that may not ask for the past: neither versions nor `asOf` are there. */
  readonly withoutPast?: boolean;
  /** Fields declared as filters, the key not among them. */
  readonly filters: readonly string[];
}

/** The TypeScript type of a model's documents. */
export type DocumentOfModel<M> = M extends { readonly fields: infer F extends Fields }
  ? DocumentOf<F>
  : never;

/** `lifetimeSpend` → `lifetime_spend`. */
export const toColumnName = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `CustomerOrders` → `customerOrders`. */
export const toFieldName = (typeName: string): string => typeName.charAt(0).toLowerCase() + typeName.slice(1);

/** The key field of a model. */
export function keyFieldOf(
  model: Pick<DocumentModel, "name" | "key" | "fields">,
): IntField | BigIntField | StringField {
  const field = model.fields[model.key];
  if (field?.kind === "int" || field?.kind === "bigint" || field?.kind === "string") return field;
  throw new TypeError(`Model ${model.name}: key "${model.key}" must be an int, bigint or string field.`);
}

const DEFAULT_BATCH = 250;
const MOST_DOCUMENTS = 10_000;
/** Beside the filters in a `where`. */
const CONNECTIVES = ["and", "or", "not"];

/**
 * Checks a definition and completes it. Throws a TypeError that names the model and the remedy:
 * definitions are code, so a wrong one is a programming error found at start.
 */
export function defineModel<const F extends Fields>(definition: ModelDefinition<F>): DocumentModel<F> {
  const { name, typeName } = definition;
  const fail = (problem: string): never => {
    throw new TypeError(`Model ${name}: ${problem}`);
  };
  if (!/^[a-z][a-z0-9_]{0,55}$/.test(name)) fail("the name must be snake_case, at most 56 characters.");
  if (!/^[A-Z][A-Za-z0-9]*$/.test(typeName)) fail(`typeName "${typeName}" must be PascalCase.`);
  const batch = definition.batch ?? DEFAULT_BATCH;
  if (!Number.isInteger(batch) || batch < 1 || batch > MOST_DOCUMENTS)
    fail(`batch must be 1 to ${MOST_DOCUMENTS}.`);
  const { fields, ...ownKey } = readKey(definition, fail);
  const { key } = ownKey;
  const wrongName = findWrongName(fields);
  if (wrongName !== undefined) fail(`field "${wrongName}" must be camelCase.`);
  const twice = findFormerNameTwice(fields);
  if (twice !== undefined)
    fail(`a field was called "${twice}", which is the name of another one. Leave that \`formerly\` out.`);
  const columns: Record<string, string> = {};
  const filters: string[] = [];
  for (const [field, spec] of Object.entries(fields)) {
    if (spec.kind === "link") continue;
    columns[field] = toColumnName(field);
    if (spec.filter && (spec.kind === "object" || spec.kind === "list"))
      fail(`field "${field}" is a ${spec.kind} and cannot be a filter.`);
    if ((spec.filter || field === key) && CONNECTIVES.includes(field))
      fail(
        `field "${field}" cannot be a filter: in a \`where\` the word joins conditions. Name it otherwise.`,
      );
    if (spec.filter && field !== key) filters.push(field);
  }
  for (const field of definition.unindexed ?? [])
    if (!filters.includes(field)) fail(`unindexed names "${field}", which is no filter.`);
  const model: DocumentModel<F> = {
    ...{ ...definition, ...ownKey, batch, kind: "document", columns, filters },
    // With the field of a made key, of which the document's type knows nothing.
    fields: fields as F,
  };
  if (keyFieldOf(model).nullable) fail(`key "${key}" cannot be nullable.`);
  return model;
}

/** Whether a name may be a field's. */
export const isFieldName = (name: string): boolean => /^[a-z][A-Za-z0-9]*$/.test(name);

/** The first name, at any depth, that is not camelCase: MongoDB gives dots, dollars and underscores a meaning. */
function findWrongName(fields: Fields): string | undefined {
  for (const [name, field] of Object.entries(fields)) {
    const former = formerNameOf(field);
    if (!isFieldName(name)) return name;
    if (former !== undefined && !isFieldName(former)) return former;
    const inner = field.kind === "list" ? field.item : field;
    const wrong = inner.kind === "object" ? findWrongName(inner.fields) : undefined;
    if (wrong !== undefined) return `${name}.${wrong}`;
  }
  return undefined;
}
