import { toColumnReference, toSqlName } from "./reserved-words.ts";

/** A column of a table as a field of a document. */
export interface ModelColumn {
  /** snake_case, as in the table. */
  readonly column: string;
  /** camelCase, as in the document. */
  readonly field: string;
  readonly kind: "int" | "bigint" | "decimal" | "string" | "date" | "dateTime";
  /** Digits after the point of a decimal. */
  readonly scale: number;
  readonly nullable: boolean;
  /** Indexed in the table, so that a filter is cheap in both stores. */
  readonly filter: boolean;
}

export interface ModelTexts {
  readonly view: string;
  readonly touched: string;
  readonly definition: string;
}

/** The three files of a model that shows the rows of one table as they are: a start to work from. */
export function writeModelTexts(
  name: string,
  table: string,
  key: ModelColumn,
  others: readonly ModelColumn[],
): ModelTexts {
  const columns = [key, ...others];
  const filters = others.filter((column) => column.filter);
  const reference = (column: string) => `${toSqlName(table)}.${toColumnReference(column)}`;
  const view = [
    `-- purpose: the rows of ${table} as documents`,
    `-- grain: one row per row of ${table}`,
    `-- reads: ${table}`,
    `-- model: ${name}`,
    `create or replace sql security invoker view ${name} as`,
    "select",
    `    ${reference(key.column)} as document_id,`,
    ...filters.map(({ column, field }) => {
      const named = toColumn(field);
      return `    ${reference(column)}${named === column ? "" : ` as ${named}`},`;
    }),
    "    json_object(",
    ...columns.map(
      (column, index) =>
        `        '${column.field}', ${toJson(column, reference(column.column))}${index < columns.length - 1 ? "," : ""}`,
    ),
    "    ) as document",
    `from ${toSqlName(table)};`,
  ];
  const keyValue = `json_value(change_log.row_keys, '$.${key.column}')`;
  const touched = [
    `-- purpose: which documents of ${name} a change may alter`,
    `-- grain: one row per change of ${table}`,
    "-- reads: change_log",
    `-- model: ${name}`,
    `create or replace sql security invoker view ${name}_touched as`,
    "select",
    "    change_log.change_id,",
    `    ${key.kind === "string" ? `${keyValue} collate utf8mb4_nopad_bin` : `cast(${keyValue} as int)`} as document_id`,
    "from change_log",
    `where change_log.source_table = '${table}';`,
  ];
  return {
    view: `${view.join("\n")}\n`,
    touched: `${touched.join("\n")}\n`,
    definition: toDefinition(name, table, key, columns),
  };
}

function toDefinition(
  name: string,
  table: string,
  key: ModelColumn,
  columns: readonly ModelColumn[],
): string {
  const kinds = [...new Set(columns.map((column) => column.kind))].sort();
  const fields = columns.map((column) => {
    const options = [
      ...(column.filter && column !== key ? ["filter: true"] : []),
      ...(column.nullable ? ["nullable: true"] : []),
    ];
    const parts = [
      `"${toWords(column.column)}."`,
      ...(column.kind === "decimal" ? [String(column.scale)] : []),
      ...(options.length > 0 ? [`{ ${options.join(", ")} }`] : []),
    ];
    return `    ${column.field}: ${column.kind}(${parts.join(", ")}),`;
  });
  return `${[
    `import { ${kinds.join(", ")} } from "../field.ts";`,
    'import { defineModel } from "../model.ts";',
    "",
    `/** The rows of ${table}: say here what a reader gets out of them. */`,
    `export const ${toCamel(name)} = defineModel({`,
    `  name: "${name}",`,
    `  typeName: "${toCamel(name).replace(/^./, (letter) => letter.toUpperCase())}",`,
    `  description: "The rows of ${table}.",`,
    `  key: "${key.field}",`,
    "  fields: {",
    ...fields,
    "  },",
    "});",
  ].join("\n")}\n`;
}

/** Times come with three digits and a Z, whatever the column keeps. */
const toJson = ({ kind }: ModelColumn, column: string): string =>
  kind === "dateTime" ? `concat(left(date_format(${column}, '%Y-%m-%dT%T.%f'), 23), 'Z')` : column;

/** `date_placed` → `datePlaced` */
export const toCamel = (name: string): string =>
  name.toLowerCase().replace(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** `datePlaced` → `date_placed`: what the model's filter column is called. */
const toColumn = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const toWords = (name: string): string => {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
