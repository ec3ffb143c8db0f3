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

/** All of the current database. */
export async function readForeignKeys(db: Queryable): Promise<readonly ForeignKey[]> {
  const rows = await db.query<
    Record<"name" | "parent" | "child" | "del" | "upd" | "columns" | "referenced", string>
  >(
    `select rule.constraint_name as name, rule.table_name as child, rule.referenced_table_name as parent,
      rule.delete_rule as del, rule.update_rule as upd,
      json_arrayagg(part.column_name order by part.ordinal_position) as columns,
      json_arrayagg(part.referenced_column_name order by part.ordinal_position) as referenced
    from information_schema.referential_constraints as rule
    join information_schema.key_column_usage as part
      on part.constraint_schema = rule.constraint_schema and part.constraint_name = rule.constraint_name
      and part.table_name = rule.table_name and part.referenced_table_name is not null
    where rule.constraint_schema = database() and rule.unique_constraint_schema = database()
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
