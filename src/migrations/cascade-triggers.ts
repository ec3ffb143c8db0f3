import { changeTableOf } from "../models/derived-names.ts";
import type { CapturedTable, Domain } from "../models/project.ts";
import { sha256 } from "../sha256.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { toCondition } from "./capture-triggers.ts";
import { type CapturedColumns, readCapturedColumns } from "./captured-columns.ts";
import { type CascadePath, findCascadePaths } from "./cascade-paths.ts";
import type { GeneratedFile } from "./export-procedures.ts";
import type { CascadeEvent, ForeignKey } from "./foreign-keys.ts";
import { printCascadeRows } from "./print-cascade.ts";
import { generatedMark } from "./read-captured.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";
import type { RepeatableFile } from "./sql-files.ts";
import { maskSql, mentions } from "./sql-text.ts";

/**
 * The triggers that log rows of captured tables which foreign keys delete or change by themselves, where no trigger of
 * these fires: one before each write of a table that they refer to, directly or through tables in between. Nothing for
 * what a trigger of `files`, written by hand, logs.
 */
export async function generateCascadeTriggers(
  db: Queryable,
  domain: Pick<Domain, "name" | "captured">,
  { foreignKeys, files }: { foreignKeys: readonly ForeignKey[]; files: readonly RepeatableFile[] },
): Promise<readonly GeneratedFile[]> {
  const captured = new Map((domain.captured ?? []).map((one) => [one.table.toLowerCase(), one]));
  if (captured.size === 0) return [];
  const triggers: GeneratedFile[] = [];
  for (const parent of [...new Set(foreignKeys.map((key) => key.parent))].sort())
    for (const event of ["delete", "update"] as const) {
      const newValue = (column: string) => `new.${toColumnReference(column)}`;
      const paths = new Map<CapturedTable, CascadePath[]>();
      for (const path of findCascadePaths(foreignKeys, parent, event, newValue)) {
        const child = captured.get(path.at(-1)?.key.child.toLowerCase() ?? "");
        if (!child || isByHand(files, { parent, event, child: child.table })) continue;
        paths.set(child, [...(paths.get(child) ?? []), path]);
      }
      if (paths.size === 0) continue;
      const parts: string[] = [];
      for (const [child, ways] of paths)
        parts.push(...printChild(child.table, await readCapturedColumns(db, child), { paths: ways, event }));
      triggers.push(toFile(domain.name, { parent, event, tables: [...paths.keys()] }, parts));
    }
  return triggers;
}

/** Whether a trigger that somebody wrote logs the rows of a child before its parent is written. */
function isByHand(
  files: readonly RepeatableFile[],
  { parent, event, child }: { parent: string; event: CascadeEvent; child: string },
): boolean {
  const head = new RegExp(
    `\\bbefore\\s+${event}\\s+on\\s+\`?${parent.replaceAll(/[^\w]/g, "\\$&")}\`?\\s`,
    "i",
  );
  return files.some(({ kind, text }) => {
    if (kind !== "trigger" || text.includes(generatedMark)) return false;
    const masked = maskSql(text);
    return head.test(masked) && mentions(masked, changeTableOf(child));
  });
}

/** The lines that log the rows of a child on every way to it. */
function printChild(
  table: string,
  { keys }: CapturedColumns,
  { paths, event }: { readonly paths: readonly CascadePath[]; readonly event: CascadeEvent },
): readonly string[] {
  const names = keys.map(({ name }) => name);
  const lines = paths.flatMap((path) => {
    const last = path.at(-1);
    const becomes = last?.becomes ?? new Map<string, string | null>();
    const moved = last?.event === "update" && names.some((name) => becomes.has(name));
    const values = (of: (name: string) => string) =>
      names.map((name, index) => `            ${of(name)}${index < names.length - 1 ? "," : ""}`);
    const old = (name: string) => `line.${toColumnReference(name)}`;
    const lines = [
      "for line in (",
      ...printCascadeRows(path, names).map((line) => `    ${line}`),
      ") do",
      `    insert into ${toSqlName(changeTableOf(table))} (`,
      names.map((name) => `        ${toSqlName(name)}`).join(",\n"),
      "    ) values",
      "        (",
      ...values(old),
      ...(moved
        ? [
            "        ),",
            "        (",
            ...values((name) => (becomes.has(name) ? (becomes.get(name) ?? "null") : old(name))),
          ]
        : []),
      "        );",
      "end for;",
    ].flatMap((line) => line.split("\n"));
    return printGuarded(path, event, lines);
  });
  return [toCondition(table), ...lines.map((line) => `    ${line}`), "end if;"];
}

/** An update moves rows only when what they refer to changes. */
function printGuarded(path: CascadePath, event: CascadeEvent, lines: readonly string[]): readonly string[] {
  if (event === "delete") return lines;
  const same = (path[0]?.key.referenced ?? []).map((column) => {
    const name = toColumnReference(column);
    return `binary old.${name} <=> binary new.${name}`;
  });
  return [`if not (${same.join(" and ")}) then`, ...lines.map((line) => `    ${line}`), "end if;"];
}

interface Head {
  readonly parent: string;
  readonly event: CascadeEvent;
  readonly tables: readonly CapturedTable[];
}

function toFile(domain: string, { parent, event, tables }: Head, body: readonly string[]): GeneratedFile {
  const suffix = `_before_${event}_cascade_${domain}`;
  const name =
    parent.length + suffix.length <= 64
      ? `${parent}${suffix}`
      : `${parent.slice(0, 20)}_${sha256(`${parent}${domain}`).slice(0, 8)}_before_${event}_cascade`;
  const text = [
    `-- purpose: log what foreign keys ${event === "delete" ? "delete or change" : "change"} when a row of ${parent} is ${event}d`,
    "-- logs: the keys of those rows, old, and new when they differ",
    ...tables.map(({ table }) => `-- of: ${table}`),
    generatedMark,
    `create or replace trigger ${toSqlName(name)}`,
    `before ${event} on ${toSqlName(parent)} for each row`,
    "begin",
    ...body.map((line) => `    ${line}`),
    "end;",
    "",
  ].join("\n");
  return { file: `triggers/${domain}/${name}.sql`, text };
}
