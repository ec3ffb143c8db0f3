import type { Derivation, Join, Way } from "./derivation.ts";

/**
 * What concerns a model, for people: each table, its columns that matter, and how a change of a row finds the
 * documents; then what is coarse, and what could be done about it.
 */
export function explainDerivation({ view, tables }: Derivation): readonly string[] {
  const lines = tables.flatMap(({ table, columns, keys, ways }) => [
    `${table}: ${columns.length === 0 ? "only whether there are rows" : columns.join(", ")}`,
    ...(keys.length === 0 ? [] : [`  logged beside its keys: ${keys.join(", ")}`]),
    ...ways.map((way) => `  ${describeChange(way)}: ${describeWay(way)}`),
  ]);
  const coarse = tables.flatMap(({ table, ways }) => ways.flatMap((way) => describeCoarse(view, table, way)));
  return [...lines, ...new Set(coarse)];
}

const describeChange = ({ changed }: Way): string =>
  changed.length === 0
    ? "a row comes, goes or moves"
    : `${changed.join(", ")} ${changed.length === 1 ? "changes" : "change"}, or a row comes, goes or moves`;

function describeWay(way: Way): string {
  if (way.kind === "every") return "every document";
  if (way.joins.length === 0) return "the document that its keys name";
  return `the documents found through ${way.joins.map(describeJoin).join(", then ")}`;
}

const nameOf = (join: Join): string => ("table" in join.source ? join.source.table : join.alias);

function describeJoin(join: Join, index: number): string {
  const columns = join.on.flatMap((term) =>
    term.flatMap((part) =>
      typeof part !== "string" && part.from === "join" && part.join === index ? [part.column] : [],
    ),
  );
  return `${nameOf(join)} by ${[...new Set(columns)].join(", ")}${join.isScan ? " (reads all of it)" : ""}`;
}

function describeCoarse(view: string, table: string, way: Way): readonly string[] {
  if (way.kind === "every")
    return [
      `Coarse: a change of ${table} concerns every document of ${view}, since no condition links the two row by row.`,
    ];
  return way.joins
    .filter((join) => join.isScan)
    .map(
      (join) =>
        `Coarse: a change of ${table} reads all of ${nameOf(join)}. An index on what it is found by, or a stored column that equals it, makes it a look-up.`,
    );
}
