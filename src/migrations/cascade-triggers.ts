import { VitrineError } from "../errors.ts";
import { changeTableOf } from "../models/derived-names.ts";
import type { CapturedTable, Domain } from "../models/project.ts";
import { sha256 } from "../sha256.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { toCondition, withoutFault } from "./capture-triggers.ts";
import { type CapturedColumns, readCapturedColumns } from "./captured-columns.ts";
import { type CascadeGap, type CascadePath, findCascadePaths } from "./cascade-paths.ts";
import type { GeneratedFile } from "./export-procedures.ts";
import type { CascadeEvent, ForeignKey } from "./foreign-keys.ts";
import { printCascadeRows } from "./print-cascade.ts";
import { generatedMark } from "./read-captured.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";
import type { RepeatableFile } from "./sql-files.ts";
import { maskSql, mentions } from "./sql-text.ts";

/**
 * The triggers that log rows of captured tables which foreign keys delete or change by themselves, where no trigger of
 * these fires: one before each write of a table that they refer to, directly or through tables in between, beside triggers
 * of `files` that were written by hand: these may log one way of several, and a key may be logged twice.
 * @throws VitrineError MIGRATION_FAILED naming what no generated trigger can log, and the remedy
 */
export async function generateCascadeTriggers(
  db: Queryable,
  domain: Pick<Domain, "name" | "captured">,
  { foreignKeys, files }: { foreignKeys: readonly ForeignKey[]; files: readonly RepeatableFile[] },
): Promise<readonly GeneratedFile[]> {
  const captured = new Map((domain.captured ?? []).map((one) => [one.table.toLowerCase(), one]));
  if (captured.size === 0) return [];
  const tables = new Set(captured.keys());
  const triggers: GeneratedFile[] = [];
  for (const parent of [...new Set(foreignKeys.map((key) => key.parent))].sort())
    for (const event of ["delete", "update"] as const) {
      const newValue = (column: string) => `new.${toColumnReference(column)}`;
      const byHand = (child: string) => isByHand(files, { parent, event, child });
      const ways = findCascadePaths(foreignKeys, { root: parent, event, captured: tables, newValue });
      const gap = ways.gaps.find(({ child }) => !byHand(child));
      if (gap) throw new VitrineError("MIGRATION_FAILED", toGapMessage(gap, { parent, event }));
      // Of these somebody's own trigger logs all.
      const gaps = new Set(ways.gaps.map(({ child }) => child.toLowerCase()));
      const paths = new Map<CapturedTable, CascadePath[]>();
      for (const path of ways.paths) {
        const child = captured.get(path.at(-1)?.key.child.toLowerCase() ?? "");
        if (!child || gaps.has(child.table.toLowerCase())) continue;
        paths.set(child, [...(paths.get(child) ?? []), path]);
      }
      if (paths.size === 0) continue;
      const parts: string[] = [];
      for (const [child, ways] of paths)
        parts.push(...printChild(child.table, await readCapturedColumns(db, child), { paths: ways, event }));
      const file = toFile(domain.name, { parent, event, tables: [...paths.keys()] }, parts);
      refuseOwn(files, file);
      triggers.push(file);
    }
  return triggers;
}

/** Why nothing is generated for a captured table before a write, and what to do: a sentence or two. */
export const toGapMessage = (
  { child, constraints, problem }: CascadeGap,
  { parent, event }: { readonly parent: string; readonly event: CascadeEvent },
): string =>
  `Foreign keys ${constraints.join(", ")}: who ${event}s a row of ${parent} changes rows of ${child} on ways that no trigger can be generated for: ${problem}. Let one of these foreign keys restrict, or write a trigger before ${event} on ${parent} that logs the keys of all those rows of ${child} (docs/how-to/add-a-model.md).`;

/** What somebody wrote is not written over. */
function refuseOwn(files: readonly RepeatableFile[], { file }: GeneratedFile): void {
  const own = files.find(({ name }) => name === file);
  if (own && !own.text.includes(generatedMark))
    throw new VitrineError(
      "MIGRATION_FAILED",
      `${file} was written by hand: give its trigger another name, for one of this name is generated.`,
    );
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

/** The name of the trigger that is generated for a domain before a write. */
export function toCascadeTriggerName(
  domain: string,
  { parent, event }: { readonly parent: string; readonly event: CascadeEvent },
): string {
  const name = `${parent}_before_${event}_cascade_${domain}`;
  if (name.length <= 64) return name;
  return `${parent.slice(0, 20)}_${sha256(`${parent}${domain}`).slice(0, 8)}_before_${event}_cascade`;
}

function toFile(domain: string, { parent, event, tables }: Head, body: readonly string[]): GeneratedFile {
  const name = toCascadeTriggerName(domain, { parent, event });
  const isLent = tables.some(({ lent }) => lent);
  const log = isLent
    ? withoutFault(
        tables.map(({ table }) => table),
        body,
      )
    : ["begin", ...body.map((line) => `    ${line}`), "end;"];
  const text = [
    `-- purpose: log what foreign keys ${event === "delete" ? "delete or change" : "change"} when a row of ${parent} is ${event}d`,
    "-- logs: the keys of those rows, old, and new when they differ",
    ...tables.map(({ table }) => `-- of: ${table}`),
    generatedMark,
    `create or replace trigger ${toSqlName(name)}`,
    `before ${event} on ${toSqlName(parent)} for each row`,
    ...log,
    "",
  ].join("\n");
  return { file: `triggers/${domain}/${name}.sql`, text };
}
