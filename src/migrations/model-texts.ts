import { toColumnName } from "../models/model.ts";
import type { ModelColumn, ModelColumns } from "./model-columns.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";

export interface ModelTexts {
  readonly view: string;
  readonly definition: string;
}

/** The two files of a model that shows the rows of one table as they are: a start to work from. */
export function writeModelTexts(
  name: string,
  table: string,
  { key, others, open }: ModelColumns,
): ModelTexts {
  const undecided = open.map(({ column, reason }) => `${column}: ${reason}`.replaceAll(/\s+/g, " "));
  const columns = [key, ...others];
  const toSelected = ({ column, field, isFiner }: ModelColumn) => {
    const own = `${toSqlName(table)}.${toColumnReference(column)}`;
    const named = toColumnName(field);
    return `    ${isFiner ? `cast(${own} as datetime(3))` : own}${named === column && !isFiner ? "" : ` as ${toSqlName(named)}`}`;
  };
  const view = [
    `-- purpose: the rows of ${table} as documents`,
    `-- grain: one row per row of ${table}`,
    `-- reads: ${table}`,
    `-- model: ${name}`,
    ...undecided.map((line) => `-- To be decided: ${line}`),
    `create or replace sql security invoker view ${toSqlName(name)} as`,
    "select",
    columns.map(toSelected).join(",\n"),
    `from ${toSqlName(table)};`,
  ];
  return {
    view: `${view.join("\n")}\n`,
    definition: toDefinition(name, table, key, columns, undecided),
  };
}

function toDefinition(
  name: string,
  table: string,
  key: ModelColumn,
  columns: readonly ModelColumn[],
  undecided: readonly string[],
): string {
  const kinds = [...new Set(columns.map((column) => column.kind))].sort();
  const fields = columns.map((column) => {
    const options = [
      ...(column.filter && column !== key ? ["filter: true"] : []),
      ...(column.nullable ? ["nullable: true"] : []),
    ];
    const parts = [
      JSON.stringify(`${toWords(column.column)}.`),
      ...(column.kind === "decimal" ? [String(column.scale)] : []),
      ...(options.length > 0 ? [`{ ${options.join(", ")} }`] : []),
    ];
    return `    ${column.field}: ${column.kind}(${parts.join(", ")}),`;
  });
  return `${[
    `import { ${kinds.join(", ")} } from "../../../models/field.ts";`,
    'import { defineModel } from "../../../models/model.ts";',
    "",
    ...undecided.map((line) => `// To be decided: ${line}`),
    `/** The rows of ${table.replaceAll("*/", "")}: say here what a reader gets out of them. */`,
    `export const ${toCamel(name)} = defineModel({`,
    `  name: "${name}",`,
    `  typeName: "${toCamel(name).replace(/^./, (letter) => letter.toUpperCase())}",`,
    `  description: ${JSON.stringify(`The rows of ${table}.`)},`,
    `  key: "${key.field}",`,
    "  fields: {",
    ...fields,
    "  },",
    "});",
  ].join("\n")}\n`;
}

/** `date_placed` → `datePlaced` */
export const toCamel = (name: string): string =>
  name.toLowerCase().replace(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

const toWords = (name: string): string => {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
