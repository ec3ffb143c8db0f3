import { changeTableOf } from "../models/derived-names.ts";
import type { Project } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type CascadePath, findCascadePaths } from "./cascade-paths.ts";
import { toCascadeTriggerName, toGapMessage } from "./cascade-triggers.ts";
import { type CascadeEvent, readForeignKeys } from "./foreign-keys.ts";
import { findOuterKeys } from "./outer-keys.ts";
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
    for (const parent of parents) {
      const newValue = (column: string) => column;
      const { paths, gaps } = findCascadePaths(foreignKeys, { root: parent, event, captured, newValue });
      const generated = project.domains.map(({ name }) => toCascadeTriggerName(name, { parent, event }));
      const open = new Set(gaps.map(({ child }) => child));
      // What is generated does not log all of it.
      for (const gap of gaps)
        if (!logs({ parent, event, child: gap.child, except: generated })) {
          const { child, constraints } = gap;
          problems.push({ parent, event, child, constraints, message: toGapMessage(gap, { parent, event }) });
        }
      for (const [child, constraints] of nearest(paths))
        if (!open.has(child) && !logs({ parent, event, child, except: [] }))
          problems.push({
            parent,
            event,
            child,
            constraints,
            message: `Foreign key ${constraints.join(", ")}: who ${event}s a row of ${parent} changes rows of ${child}, and no trigger of ${child} fires, so the mirror misses it. Run \`vitrine triggers generate\`, which writes a trigger before ${event} on ${parent} that logs their keys, or let the foreign key restrict (docs/how-to/add-a-model.md).`,
          });
    }
  return [...problems, ...(await findOuterKeys(db, project))];
}

/** The tables at the ends of ways, each with the foreign keys of the shortest. */
const nearest = (paths: readonly CascadePath[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...paths]
      .sort((a, b) => b.length - a.length)
      .map((path) => [path.at(-1)?.key.child ?? "", path.map(({ key }) => key.name)]),
  );

interface Wanted {
  readonly parent: string;
  readonly event: CascadeEvent;
  readonly child: string;
  /** Names of triggers that do not count. */
  readonly except: readonly string[];
}

/** Answers whether a BEFORE trigger of `parent` logs rows of `child`. */
async function readLogs(db: Queryable): Promise<(wanted: Wanted) => boolean> {
  const bodies = await readServerBodies(db);
  const reach = (body: ServerBody, seen = new Set<ServerBody>()): ReadonlySet<ServerBody> => {
    if (seen.has(body)) return seen;
    seen.add(body);
    const masked = maskSql(body.text);
    for (const called of bodies)
      if (called.routine !== null && mentions(masked, called.routine)) reach(called, seen);
    return seen;
  };
  return ({ parent, event, child, except }) => {
    const name = changeTableOf(child);
    return bodies
      .filter(({ table, event: on, timing }) => table === parent && on === event && timing === "before")
      .filter(({ trigger }) => !except.includes(trigger ?? ""))
      .some((trigger) =>
        [...reach(trigger)].some(({ text }) => {
          const masked = maskSql(text);
          return mentions(masked, name) && /\binsert\b/i.test(masked);
        }),
      );
  };
}
