import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** What somebody does to a row, by which foreign keys change others. */
export type CascadeEvent = "delete" | "update";

/** A foreign key within the current database. */
export interface ForeignKey {
  readonly name: string;
  readonly parent: string;
  readonly child: string;
  readonly rules: Readonly<Record<CascadeEvent, string>>;
  readonly columns: readonly string[];
  readonly referenced: readonly string[];
}

/** Whether rows of its table follow by themselves what becomes of those that they refer to. */
export const isCascading = ({ rules }: ForeignKey): boolean =>
  [rules.delete, rules.update].some((rule) => rule === "CASCADE" || rule === "SET NULL");

/** All within the current database. */
export const readForeignKeys = (db: Queryable): Promise<readonly ForeignKey[]> =>
  readKeys(db, "rule.constraint_schema = database() and rule.unique_constraint_schema = database()");

/** All that the account sees of the server: a table of another database is called `database.table`. */
export const readForeignKeysOfServer = (db: Queryable): Promise<readonly ForeignKey[]> =>
  readKeys(db, "rule.constraint_schema not in ('mysql', 'sys', 'performance_schema')");

async function readKeys(db: Queryable, condition: string): Promise<readonly ForeignKey[]> {
  const called = (schema: string, table: string) =>
    `if(${schema} = database(), ${table}, concat(${schema}, '.', ${table}))`;
  const rows = await db.query<
    Record<"name" | "parent" | "child" | "del" | "upd" | "columns" | "referenced", string>
  >(
    `select rule.constraint_name as name, rule.delete_rule as del, rule.update_rule as upd,
      ${called("rule.constraint_schema", "rule.table_name")} as child,
      ${called("rule.unique_constraint_schema", "rule.referenced_table_name")} as parent,
      json_arrayagg(part.column_name order by part.ordinal_position) as columns,
      json_arrayagg(part.referenced_column_name order by part.ordinal_position) as referenced
    from information_schema.referential_constraints as rule
    join information_schema.key_column_usage as part
      on part.constraint_schema = rule.constraint_schema and part.constraint_name = rule.constraint_name
      and part.table_name = rule.table_name and part.referenced_table_name is not null
    where ${condition}
    group by name, child, parent, del, upd order by name, child`,
  );
  return rows.map(({ name, parent, child, del, upd, columns, referenced }) => ({
    name,
    parent,
    child,
    rules: { delete: del, update: upd },
    // Written by the server as lists of names.
    columns: JSON.parse(columns) as string[],
    referenced: JSON.parse(referenced) as string[],
  }));
}
