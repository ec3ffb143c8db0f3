import { changeTableOf } from "../models/derived-names.ts";
import type { Project } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type CascadeEvent, type ForeignKey, readForeignKeys } from "./foreign-keys.ts";
import { readServerBodies, type ServerBody } from "./server-bodies.ts";
import { maskSql, mentions } from "./sql-text.ts";

/** A write by which foreign keys change rows of a captured table: no trigger of that table fires. */
export interface CascadeProblem {
  readonly parent: string;
  /** What somebody does to a row of `parent`. */
  readonly event: CascadeEvent;
  /** The captured table. */
  readonly child: string;
  /** The foreign keys on the way from `parent` to `child`. */
  readonly constraints: readonly string[];
  /** A sentence that names the foreign keys and the remedy. */
  readonly message: string;
}

/**
 * Looks for foreign keys that delete or change rows of captured tables by themselves, directly or through tables
 * in between, where no BEFORE trigger of the table that is written logs the keys of those rows. (AFTER is too
 * late: they are gone.) A trigger logs for a table when it, or a routine that it calls, writes that table's change table.
 * Which keys it logs cannot be judged. Needs the rights of an administrator.
 * @returns an empty list when all is well.
 */
export async function checkCascades(
  db: Queryable,
  project: Pick<Project, "domains">,
): Promise<readonly CascadeProblem[]> {
  const captured = new Set(
    project.domains.flatMap(({ captured: tables = [] }) => tables.map(({ table }) => table.toLowerCase())),
  );
  const foreignKeys = await readForeignKeys(db);
  const parents = [...new Set(foreignKeys.map(({ parent }) => parent))].sort();
  const problems: CascadeProblem[] = [];
  const logs = await readLogs(db);
  for (const event of ["delete", "update"] as const)
    for (const parent of parents)
      for (const [child, constraints] of follow(foreignKeys, parent, event))
        if (captured.has(child.toLowerCase()) && !logs(parent, event, child))
          problems.push({
            parent,
            event,
            child,
            constraints,
            message: `Foreign key ${constraints.join(", ")}: who ${event}s a row of ${parent} changes rows of ${child}, and no trigger of ${child} fires, so the mirror misses it. Run \`vitrine triggers generate\`, which writes a trigger before ${event} on ${parent} that logs their keys, or let the foreign key restrict (docs/how-to/add-a-model.md).`,
          });
  return problems;
}

/** The tables whose rows change by themselves when a row of `root` is deleted or updated, and by which foreign keys. */
function follow(
  foreignKeys: readonly ForeignKey[],
  root: string,
  event: CascadeEvent,
): ReadonlyMap<string, readonly string[]> {
  const changed = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  // An update matters to those who refer to one of the columns; null: it may be any.
  const queue: {
    table: string;
    event: CascadeEvent;
    columns: readonly string[] | null;
    constraints: readonly string[];
  }[] = [{ table: root, event, columns: null, constraints: [] }];
  for (let step = queue.shift(); step; step = queue.shift())
    for (const key of foreignKeys) {
      const rule = key.rules[step.event];
      const { columns } = step;
      const isReferred = columns === null || key.referenced.some((column) => columns.includes(column));
      if (key.parent !== step.table || !isReferred || (rule !== "CASCADE" && rule !== "SET NULL")) continue;
      const next =
        step.event === "delete" && rule === "CASCADE"
          ? { event: "delete" as const, columns: null }
          : { event: "update" as const, columns: key.columns };
      const mark = `${key.child}\n${next.event}\n${next.columns?.join()}`;
      if (seen.has(mark)) continue;
      seen.add(mark);
      const constraints = [...step.constraints, key.name];
      if (!changed.has(key.child)) changed.set(key.child, constraints);
      queue.push({ table: key.child, constraints, ...next });
    }
  return changed;
}

/** Answers whether a BEFORE trigger of `parent` logs rows of `child`. */
async function readLogs(
  db: Queryable,
): Promise<(parent: string, event: CascadeEvent, child: string) => boolean> {
  const bodies = await readServerBodies(db);
  const reach = (body: ServerBody, seen = new Set<ServerBody>()): ReadonlySet<ServerBody> => {
    if (seen.has(body)) return seen;
    seen.add(body);
    const masked = maskSql(body.text);
    for (const called of bodies)
      if (called.routine !== null && mentions(masked, called.routine)) reach(called, seen);
    return seen;
  };
  return (parent, event, child) => {
    const name = changeTableOf(child);
    return bodies
      .filter(({ table, event: on, timing }) => table === parent && on === event && timing === "before")
      .some((trigger) =>
        [...reach(trigger)].some(({ text }) => {
          const masked = maskSql(text);
          return mentions(masked, name) && /\binsert\b/i.test(masked);
        }),
      );
  };
}
