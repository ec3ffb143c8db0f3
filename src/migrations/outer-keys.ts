import { changeTableOf } from "../models/derived-names.ts";
import type { Project } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { findCascadePaths } from "./cascade-paths.ts";
import { toCascadeTriggerName } from "./cascade-triggers.ts";
import type { CascadeProblem } from "./check-cascades.ts";
import { type CascadeEvent, type ForeignKey, readForeignKeysOfServer } from "./foreign-keys.ts";
import { maskSql, mentions } from "./sql-text.ts";

/** A way on which a table of another database stands, from the table that is written to one that is captured. */
interface OuterWay {
  readonly parent: string;
  readonly event: CascadeEvent;
  readonly child: string;
  readonly constraints: readonly string[];
  /** Tables in between. */
  readonly through: readonly string[];
}

/**
 * Foreign keys by which a write changes rows of captured tables of this database through a table of another one, directly or
 * by a chain: no trigger of these fires, and none is generated, neither there nor for what is known there only. One that
 * somebody wrote by hand before the write counts.
 */
export async function findOuterKeys(
  db: Queryable,
  { domains }: Pick<Project, "domains">,
): Promise<readonly CascadeProblem[]> {
  const [outer] = await db.query(
    `select 1 from information_schema.referential_constraints
    where constraint_schema = database() and unique_constraint_schema <> database() limit 1`,
  );
  // Every way that comes back into this database ends with one.
  if (!outer) return [];
  const captured = new Set(
    domains.flatMap(({ captured: tables = [] }) => tables.map(({ table }) => table.toLowerCase())),
  );
  const problems: CascadeProblem[] = [];
  for (const way of findOuterWays(await readForeignKeysOfServer(db), captured)) {
    const generated = domains.map(({ name }) => toCascadeTriggerName(name, way));
    if (!(await isLogged(db, way, generated))) problems.push(toProblem(way));
  }
  return problems;
}

/** @param captured in lower case; a table of another database is `database.table` */
function findOuterWays(
  foreignKeys: readonly ForeignKey[],
  captured: ReadonlySet<string>,
): readonly OuterWay[] {
  const isOuter = ({ parent, child }: ForeignKey) => parent.includes(".") || child.includes(".");
  const ways = new Map<string, OuterWay>();
  const add = (way: OuterWay) => {
    const name = `${way.event} ${way.parent} ${way.child}`;
    if ((ways.get(name)?.constraints.length ?? Number.POSITIVE_INFINITY) > way.constraints.length)
      ways.set(name, way);
  };
  for (const event of ["delete", "update"] as const)
    for (const root of new Set(foreignKeys.map(({ parent }) => parent))) {
      const newValue = (column: string) => column;
      const { paths } = findCascadePaths(foreignKeys, { root, event, captured, newValue });
      for (const path of paths) {
        const keys = path.map(({ key }) => key);
        const tables = keys.map(({ child }) => child);
        if (!keys.some(isOuter)) continue;
        const child = tables.at(-1) ?? "";
        const constraints = keys.map(({ name }) => name);
        add({ parent: root, event, child, constraints, through: tables.slice(0, -1) });
      }
    }
  return [...ways.values()].sort((one, other) =>
    one.constraints.join() < other.constraints.join() ? -1 : 1,
  );
}

function toProblem({ parent, event, child, constraints, through }: OuterWay): CascadeProblem {
  const by = through.length === 0 ? "" : ` through ${through.join(", ")}`;
  const outer = [parent, ...through].find((table) => table.includes(".")) ?? "";
  const [database = ""] = outer.split(".");
  const [where, table] = parent.includes(".") ? [" there", parent.slice(database.length + 1)] : ["", parent];
  return {
    ...{ parent, event, child, constraints },
    message: `Foreign key ${constraints.join(", ")}: who ${event}s a row of ${parent} changes rows of ${child}${by}, and no trigger of ${child} fires, so the mirror misses it. ${database} is another database, in which Vitrine makes nothing: let a foreign key restrict, or write${where} a trigger before ${event} on ${table} that inserts the keys of those rows into ${changeTableOf(child)} of this one.`,
  };
}

/** Whether a trigger of the table that is written names the change table; no, where the account sees none. */
async function isLogged(
  db: Queryable,
  { parent, event, child }: OuterWay,
  except: readonly string[],
): Promise<boolean> {
  const triggers = await db.query<{ name: string; text: string }>(
    `select trigger_name as name, action_statement as text from information_schema.triggers
    where if(event_object_schema = database(), event_object_table, concat(event_object_schema, '.', event_object_table)) = ?
      and action_timing = 'BEFORE' and event_manipulation = ?`,
    [parent, event],
  );
  return triggers.some(
    ({ name, text }) => !except.includes(name) && mentions(maskSql(text), changeTableOf(child)),
  );
}
