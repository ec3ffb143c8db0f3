import { expect, test } from "vitest";
import { openTestDatabase } from "../../support/database.ts";

test("every table that migrations make is InnoDB and has a primary key, as a cluster of Galera asks", async () => {
  const database = await openTestDatabase();
  const tables = await database.admin.query<{ name: string; engine: string; keys: string }>(
    `select table_name as name, engine, (
        select count(*) from information_schema.table_constraints c
        where c.table_schema = t.table_schema and c.table_name = t.table_name and c.constraint_type = 'PRIMARY KEY'
      ) as \`keys\`
    from information_schema.tables t
    where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')`,
  );
  expect(tables.length).toBeGreaterThan(50);
  expect(tables.filter(({ engine, keys }) => engine !== "InnoDB" || Number(keys) !== 1)).toEqual([]);
  await database.close();
});
