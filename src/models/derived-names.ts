import { createHash } from "node:crypto";
import { toColumnName, toFieldName } from "./model.ts";

/**
 * Every name of GraphQL's that follows from a definition: the schema is built from these, and `findNameProblems`
 * compares them, so that what is derived anew is checked too (test/unit/models/names-of-schemas: each type of a schema has one owner).
 */
export function namesOfDocument(typeName: string) {
  const field = toFieldName(typeName);
  // A history of what is called one is not called so twice.
  const isHistory = typeName.endsWith("History");
  const past = isHistory ? "Versions" : "History";
  return {
    types: {
      document: typeName,
      where: whereNameOf(typeName),
      orderBy: `${typeName}OrderBy`,
      edge: `${typeName}Edge`,
      connection: `${typeName}Connection`,
      change: `${typeName}Change`,
      version: `${typeName}Version`,
      versionEdge: `${typeName}VersionEdge`,
      history: `${typeName}${past}`,
    },
    queries: {
      byId: field,
      connection: `${field}Connection`,
      history: `${field}${past}`,
      ...(isHistory ? { formerHistory: `${field}History` } : {}),
    },
    subscriptions: { changed: `${field}Changed` },
  } as const;
}

/** The same of a cube. */
export function namesOfCube(typeName: string) {
  const {
    document: fact,
    edge: factEdge,
    connection: factConnection,
  } = namesOfDocument(`${typeName}Fact`).types;
  return {
    types: {
      value: `${typeName}Value`,
      fact,
      factEdge,
      factConnection,
      share: `${typeName}Share`,
      runningTotal: `${typeName}RunningTotal`,
      previous: `${typeName}Previous`,
      topPerGroup: `${typeName}TopPerGroup`,
      dimension: `${typeName}Dimension`,
      row: `${typeName}Row`,
      orderBy: `${typeName}RowOrderBy`,
      where: whereNameOf(typeName),
      having: whereNameOf(measuresNameOf(typeName)),
      rowChange: `${typeName}RowChange`,
      update: `${typeName}Update`,
    },
    queries: { rows: toFieldName(typeName), values: `${toFieldName(typeName)}Values` },
    subscriptions: { changed: `${toFieldName(typeName)}Changed` },
  } as const;
}

/** `record_sale` → the field `recordSale` and the type `RecordSaleResult`. */
export function namesOfProcedure(name: string) {
  const field = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { field, result: `${field.charAt(0).toUpperCase()}${field.slice(1)}Result` } as const;
}

/** What a view of a table is called beside it, as they share their names: `order` → `orders`, `city` → `cities`. */
export const pluralOf = (name: string): string => {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
};

/** The input type of a model's conditions. */
export const whereNameOf = (typeName: string): string => `${typeName}Where`;

/** What the measures of a cube are called as a model. */
export const measuresNameOf = (typeName: string): string => `${typeName}Measures`;

/** The input type of the conditions on one field, by the name of its type. */
export const filterNameOf = (typeName: string): string => `${typeName}Filter`;

/** The input type of an item in a procedure's list. */
export const inputNameOf = (typeName: string): string => `${typeName}Input`;

/** Where the changes of a captured table wait for the loader. */
export const changeTableOf = (table: string): string => shorten(`vitrine_change_${table}`);

/** The view that says which documents of a model a change of a table may alter. */
export const touchedViewOf = (model: string, table: string): string =>
  shorten(`${model}_touched_by_${table}`);

/** The model, and the view, of the groups of a cube by these dimensions. */
export const rollUpNameOf = (cube: string, by: readonly string[]): string =>
  shorten(`${cube}_by_${by.map(toColumnName).join("_")}`, 56);

/** MariaDB allows 64 characters: the end of a longer name becomes a hash of all of it. */
function shorten(name: string, most = 64): string {
  if (name.length <= most) return name;
  return `${name.slice(0, most - 9)}_${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
