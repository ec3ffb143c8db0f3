import { changeTableOf } from "../models/derived-names.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { CascadeProblem } from "./check-cascades.ts";
import type { CascadeEvent } from "./foreign-keys.ts";
import { maskSql, mentions } from "./sql-text.ts";

interface OuterKey {
  readonly name: string;
  readonly child: string;
  readonly schema: string;
  readonly parent: string;
  readonly delete: string;
  readonly update: string;
}

/**
 * Foreign keys by which whoever writes a table of another database changes rows of captured tables of this one: no trigger of
 * these fires, and in the other database none is generated. One that somebody wrote there by hand counts.
 */
export async function findOuterKeys(
  db: Queryable,
  captured: ReadonlySet<string>,
): Promise<readonly CascadeProblem[]> {
  const keys = await db.query<OuterKey>(
    `select constraint_name as name, table_name as child, unique_constraint_schema as \`schema\`,
      referenced_table_name as parent, delete_rule as \`delete\`, update_rule as \`update\`
    from information_schema.referential_constraints
    where constraint_schema = database() and unique_constraint_schema <> database()
    order by constraint_name, table_name`,
  );
  const problems: CascadeProblem[] = [];
  for (const key of keys)
    for (const event of ["delete", "update"] as const) {
      const follows = key[event] === "CASCADE" || key[event] === "SET NULL";
      if (follows && captured.has(key.child.toLowerCase()) && !(await isLogged(db, key, event)))
        problems.push(toProblem(key, event));
    }
  return problems;
}

function toProblem({ name, child, schema, parent }: OuterKey, event: CascadeEvent): CascadeProblem {
  const outer = `${schema}.${parent}`;
  return {
    ...{ parent: outer, event, child, constraints: [name] },
    message: `Foreign key ${name}: who ${event}s a row of ${outer} changes rows of ${child}, and no trigger of ${child} fires, so the mirror misses it. ${schema} is another database, in which Vitrine makes nothing: let the foreign key restrict, or write there a trigger before ${event} on ${parent} that inserts the keys of those rows into ${changeTableOf(child)} of this one.`,
  };
}

/** Whether a trigger of the other table names the change table; no, where the account sees none. */
async function isLogged(
  db: Queryable,
  { schema, parent, child }: OuterKey,
  event: CascadeEvent,
): Promise<boolean> {
  const triggers = await db.query<{ text: string }>(
    `select action_statement as text from information_schema.triggers
    where event_object_schema = ? and event_object_table = ? and action_timing = 'BEFORE' and event_manipulation = ?`,
    [schema, parent, event],
  );
  return triggers.some(({ text }) => mentions(maskSql(text), changeTableOf(child)));
}
