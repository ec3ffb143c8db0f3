import { type EnumerationField, type ScalarField, textsOf } from "../models/field.ts";
import { type DocumentModel, toColumnName } from "../models/model.ts";
import { type StoredField, storedFields } from "../stores/conversion/stored-fields.ts";
import { type DdlDialect, type Dialect, dialects } from "./table-dialects.ts";

/** What a view says of a column beyond its kind. */
interface ColumnWidth {
  /** Of a number: how many digits, and how many of these are behind the point. */
  readonly digits?: number;
  readonly scale?: number;
  /** Of a text. */
  readonly letters?: number;
}

/** By the column's name. */
export type ColumnWidths = ReadonlyMap<string, ColumnWidth>;

/**
 * The table that takes the rows of a model's CSV file: SQL of a warehouse, with the columns in the order of the file, in
 * snake_case, the key, what each may hold, and comments. Lists and objects are columns of JSON text. Moments are UTC.
 */
export function defineTable(model: DocumentModel, dialect: DdlDialect, widths: ColumnWidths): string {
  const rules = dialects[dialect];
  const table = rules.quote(model.name);
  const columns = storedFields(model.fields).map(([name, field]) => ({ name: toColumnName(name), field }));
  const key = toColumnName(model.key);
  const lines = columns.map(({ name, field }) => {
    const isKey = name === key;
    const type = toType(field, rules, { ...widths.get(name), isKey });
    const end = isKey || !field.nullable ? " not null" : "";
    return `    ${rules.quote(name)} ${type}${end}${rules.columnComment(field.description)},`;
  });
  const checks = columns.flatMap(({ name, field }) =>
    field.kind === "enumeration" ? [`    ${toCheck(rules.quote(name), field, rules)},`] : [],
  );
  return [
    `create table ${table} (`,
    ...lines,
    ...checks,
    `    primary key (${rules.quote(key)})`,
    `)${rules.tableEnd(model.description)};`,
    ...rules.comments(table, [
      { name: undefined, description: model.description },
      ...columns.map(({ name, field }) => ({ name: rules.quote(name), description: field.description })),
    ]),
    "",
  ].join("\n");
}

function toType(
  field: StoredField,
  { types }: Dialect,
  width: ColumnWidth & { readonly isKey: boolean },
): string {
  switch (field.kind) {
    case "object":
    case "list":
      return types.json;
    case "decimal":
      return types.decimal(toDigits(width, field.scale), field.scale);
    case "string":
      return types.text(width.isKey ? Math.min(width.letters ?? longestKey, longestKey) : width.letters);
    case "enumeration":
      return types.text(Math.max(...textsOf(field).map((text) => [...text].length)));
    default:
      return types[field.kind satisfies Exclude<ScalarField["kind"], "decimal" | "string" | "enumeration">];
  }
}

/** A field may have more or fewer digits behind the point than its column: those before it are the column's. */
export const toDigits = ({ digits, scale = 0 }: ColumnWidth, fieldScale: number): number | undefined =>
  digits === undefined ? undefined : Math.max(digits - scale + fieldScale, 1);

/** Letters of an id at most, in both stores, however wide its column is. */
const longestKey = 255;

const toCheck = (column: string, field: EnumerationField, { text }: Dialect): string =>
  `check (${column} in (${textsOf(field).map(text).join(", ")}))`;
