import { type EnumerationField, type ScalarField, textsOf } from "../models/field.ts";
import { type DocumentModel, toColumnName } from "../models/model.ts";
import { type StoredField, storedFields } from "../stores/conversion/stored-fields.ts";
import { type DdlDialect, type Dialect, dialects } from "./table-dialects.ts";

/** What a view says of its columns beyond their kind, by name: digits of a decimal, letters of a text. */
export type ColumnWidths = ReadonlyMap<string, { readonly digits?: number; readonly letters?: number }>;

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

interface Width {
  readonly digits?: number;
  readonly letters?: number;
  readonly isKey: boolean;
}

function toType(field: StoredField, { types }: Dialect, width: Width): string {
  switch (field.kind) {
    case "object":
    case "list":
      return types.json;
    case "decimal":
      return types.decimal(width.digits, field.scale);
    case "string":
      return types.text(width.isKey ? (width.letters ?? longestKey) : width.letters);
    case "enumeration":
      return types.text(Math.max(...textsOf(field).map((text) => [...text].length)));
    default:
      return types[field.kind satisfies Exclude<ScalarField["kind"], "decimal" | "string" | "enumeration">];
  }
}

/** Letters of an id, as the mirror has them. */
const longestKey = 255;

const toCheck = (column: string, field: EnumerationField, { text }: Dialect): string =>
  `check (${column} in (${textsOf(field).map(text).join(", ")}))`;
