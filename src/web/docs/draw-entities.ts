import type { Entry, ForeignKey } from "./page-settings.ts";

/** A line between two entities. */
export interface Relation {
  readonly from: string;
  readonly to: string;
  /** The column or the field that leads there. */
  readonly by: string;
}

/** What a diagram shows: tables by their foreign keys, or models by their links. */
export type DiagramKind = "tables" | "models";

/** The relations of a domain; what they lead to may be another domain's. */
export function relationsOf(
  kind: DiagramKind,
  domain: string,
  entries: readonly Entry[],
  keys: readonly ForeignKey[],
): readonly Relation[] {
  const own = entries.filter((entry) => entry.domain === domain);
  if (kind === "models")
    return own.flatMap(({ name, links }) => links.map(([by, to]) => ({ from: name, to, by })));
  const tables = new Set(own.filter((entry) => entry.kind === "table").map(({ name }) => name));
  return keys
    .filter(({ table }) => tables.has(table))
    .map(({ table, columns, target }) => ({ from: table, to: target, by: columns.join(", ") }));
}

/** How many columns an entity shows beside its keys: more make a diagram that nobody reads. */
const SHOWN = 4;

/** A Mermaid diagram of entities and their relations. Names are quoted: they are anybody's. */
export function drawEntities(relations: readonly Relation[], entries: readonly Entry[]): string {
  const names = [...new Set(relations.flatMap(({ from, to }) => [from, to]))];
  const boxes = names.map((name) => {
    const lines = describeColumns(name, relations, entries).map((line) => `    ${line}\n`);
    return `  ${quote(name)} {\n${lines.join("")}  }`;
  });
  const lines = mergeLines(relations).map(
    ({ from, to, by }) => `  ${quote(to)} ||--o{ ${quote(from)} : ${quote(by)}`,
  );
  return ["erDiagram", "  direction LR", ...boxes, ...lines].join("\n");
}

/** One line between two entities, however many columns lead from the one to the other. */
function mergeLines(relations: readonly Relation[]): readonly Relation[] {
  const lines = new Map<string, Relation & { readonly count: number }>();
  for (const relation of relations) {
    const key = JSON.stringify([relation.from, relation.to]);
    const other = lines.get(key);
    const count = (other?.count ?? 0) + 1;
    lines.set(key, { ...relation, count, by: count === 1 ? relation.by : `${count} ways` });
  }
  return [...lines.values()];
}

/** Its keys, then the first of its other columns. */
function describeColumns(
  name: string,
  relations: readonly Relation[],
  entries: readonly Entry[],
): readonly string[] {
  const entry = entries.find((one) => one.name === name);
  const foreign = relations.filter(({ from }) => from === name).flatMap(({ by }) => by.split(", "));
  const primary = entry?.facts.find(([label]) => label === "Primary key" || label === "Id")?.[1] ?? "";
  const marksOf = (field: string) =>
    [
      ...(primary.split(/[,:]\s*/).includes(field) ? ["PK"] : []),
      ...(foreign.includes(field) ? ["FK"] : []),
    ].join(", ");
  const fields = (entry?.fields ?? []).filter(
    (field) => !field.name.includes(".") && !field.type.startsWith("→"),
  );
  const keys = fields.filter((field) => marksOf(field.name) !== "");
  const others = fields.filter((field) => marksOf(field.name) === "").slice(0, SHOWN);
  return [...keys, ...others].map((field) =>
    `${toWord(field.type)} ${toWord(field.name)} ${marksOf(field.name)}`.trimEnd(),
  );
}

const quote = (text: string): string => `"${text.replace(/[^\p{L}\p{N}_ ,.-]/gu, "_")}"`;

/** Mermaid takes one word for a type and for a name. */
const toWord = (text: string): string => /[\p{L}_][\p{L}\p{N}_]*/u.exec(text)?.[0] ?? "text";
