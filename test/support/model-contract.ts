import type { Field, Fields } from "../../src/models/field.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import { type MariaDbConnection, type Queryable, quoteName } from "../../src/stores/mariadb/mariadb.ts";

/** A number of a JSON text, with the digits that it had there. */
class JsonNumber {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Parses JSON without rounding a number: shares no code with the stores, whose work it judges. */
export function parseExactly(text: string): unknown {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `{"#number":${JSON.stringify(token)}}`,
  );
  // Not valid JSON must stay so: the marks would hide a number like 00678.
  JSON.parse(text);
  return JSON.parse(marked, (_key, value: unknown) =>
    isRecord(value) && typeof value["#number"] === "string" ? new JsonNumber(value["#number"]) : value,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);

/** What is wrong with a document: one line per place, none when it is as declared. */
export function findProblems(fields: Fields, value: unknown, path = "$"): readonly string[] {
  if (!isRecord(value)) return [`${path} is not an object`];
  const declared = Object.entries(fields).filter(([, field]) => field.kind !== "link");
  const expected = declared.map(([name]) => name).join();
  const actual = Object.keys(value).join();
  if (actual !== expected) return [`${path} has the keys ${actual} instead of ${expected}`];
  return declared.flatMap(([name, field]) => findFieldProblems(field, value[name], `${path}.${name}`));
}

function findFieldProblems(field: Field, value: unknown, path: string): readonly string[] {
  if (field.kind === "link") return [];
  if (value === null) return field.nullable ? [] : [`${path} is null`];
  const digits = value instanceof JsonNumber ? value.digits : undefined;
  const check = (fits: boolean) => (fits ? [] : [`${path} is no ${field.kind}: ${JSON.stringify(value)}`]);
  switch (field.kind) {
    case "int":
      return check(
        digits !== undefined && /^-?\d{1,10}$/.test(digits) && Number(digits) === (Number(digits) | 0),
      );
    case "bigint":
      return check(digits !== undefined && /^-?\d{1,19}$/.test(digits));
    case "decimal":
      return check(
        digits !== undefined &&
          (field.scale === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+(\\.\\d{1,${field.scale}})?$`)).test(digits),
      );
    case "string":
      return check(typeof value === "string");
    case "enumeration":
      return typeof value === "string" && field.values.some(({ text }) => text === value)
        ? []
        : [`${path} is ${JSON.stringify(value)}, which is none of the values of ${field.typeName}`];
    case "boolean":
      return check(typeof value === "boolean");
    case "date":
      return check(typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value));
    case "dateTime":
      return check(typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value));
    case "object":
      return findProblems(field.fields, value, path);
    case "list": {
      if (!Array.isArray(value)) return [`${path} is not an array`];
      return value.flatMap((item: unknown, index) =>
        findFieldProblems(field.item, item, `${path}[${index}]`),
      );
    }
  }
}

/** The columns that the view of a model must have, in order. */
export const expectedColumns = (model: DocumentModel): readonly string[] =>
  Object.entries(model.fields).flatMap(([name, field]) =>
    field.kind === "link" ? [] : [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)],
  );

/** A select of all documents as JSON text: `document_id`, `document`. Written apart from the product's own. */
export function documentsSql(model: DocumentModel): string {
  const members = Object.entries(model.fields).flatMap(([name, field]) => {
    if (field.kind === "link") return [];
    const column = quoteName(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    const value =
      field.kind === "dateTime"
        ? `concat(replace(left(cast(${column} as datetime(3)), 23), ' ', 'T'), 'Z')`
        : field.kind === "boolean"
          ? `json_extract(if(${column}, 'true', 'false'), '$')`
          : field.kind === "object" || field.kind === "list"
            ? `json_query(${column}, '$')`
            : field.kind === "string" || field.kind === "enumeration"
              ? // Texts of several collations make no JSON.
                `cast(${column} as char) collate utf8mb4_nopad_bin`
              : column;
    return [`'${name}', ${value}`];
  });
  const key = quoteName(model.columns[model.key] ?? "");
  return `select ${key} as document_id, json_object(${members.join(", ")}) as document from ${quoteName(model.name)}`;
}

export async function readColumns(db: Queryable, view: string): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select column_name as name from information_schema.columns
    where table_schema = database() and table_name = ? order by ordinal_position`,
    [view],
  );
  return rows.map((row) => row.name);
}

/** Every document of a model as JSON text, by id. @throws Error when two have one id. */
export async function readDocuments(
  db: Queryable,
  model: DocumentModel,
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ document_id: string | number; document: string }>(
    `${documentsSql(model)} order by document_id`,
  );
  const documents = new Map(rows.map((row) => [String(row.document_id), row.document]));
  if (documents.size !== rows.length) throw new Error(`${model.name} shows two documents with one id.`);
  return documents;
}

/** The key's value of a document as its id. */
export function idOf(model: DocumentModel, document: unknown): string {
  const value = isRecord(document) ? document[model.key] : undefined;
  return value instanceof JsonNumber ? value.digits : String(value);
}

/**
 * Base tables that a statement would read from end to end. Tables of its own making do not count, nor do those
 * of a page or two, which are rightly read so.
 */
export async function findFullScans(
  db: Queryable,
  sql: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  const plan = await db.query<{
    table: string | null;
    type: string | null;
    key: string | null;
    rows: string;
  }>(`explain ${sql}`, values);
  return (
    plan
      .filter((step) => step.table !== null && !step.table.startsWith("<"))
      // What was logged of other tables and waits with this change: change tables have no index but their order.
      .filter((step) => !step.table?.endsWith("_before"))
      .filter((step) => (step.type === "ALL" || step.type === "index") && Number(step.rows) > 100)
      .map((step) => `${step.table} (${step.type} ${step.key ?? ""})`)
  );
}

/** How many rows and index entries the server touched for a statement. */
export async function countReads(
  db: MariaDbConnection,
  sql: string,
  values: readonly unknown[],
): Promise<number> {
  const read = async () => {
    const rows = await db.query<{ Value: string }>("show session status like 'Handler_read%'");
    return rows.reduce((sum, row) => sum + Number(row.Value), 0);
  };
  const idle = -(await read()) + (await read());
  const before = await read();
  await db.query(sql, values);
  return (await read()) - before - idle;
}
