import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createSqlFolder, type SqlFolder } from "../../support/sql-folder.ts";

const table = "engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin";

/** A library that is awkward on purpose: reserved words, odd collations, generated and versioned columns. */
const tables = `
create table if not exists reader (
    reader_id int not null primary key,
    name varchar(50) not null,
    nickname varchar(50) character set utf8mb4 collate utf8mb4_general_ci null,
    note varchar(50) null
) ${table} with system versioning;
create table if not exists \`order\` (
    order_id int not null primary key,
    reader_id int not null,
    ordered_at datetime(3) not null,
    \`group\` int not null default 0,
    price decimal(12,2) null,
    tax decimal(12,2) not null default 0,
    total decimal(12,2) generated always as (price + tax) stored,
    ordered_month char(7) generated always as (left(cast(ordered_at as char), 7)) virtual,
    flag bit(1) not null default 0,
    code int(6) unsigned zerofill not null default 7,
    row_start timestamp(6) generated always as row start invisible,
    row_end timestamp(6) generated always as row end invisible,
    period for system_time (row_start, row_end),
    constraint order_reader_id_fk foreign key (reader_id) references reader (reader_id)
) ${table} with system versioning;
create table if not exists loan (
    order_id int not null,
    book_id int not null,
    primary key (order_id, book_id),
    constraint loan_order_id_fk foreign key (order_id) references \`order\` (order_id)
) ${table};
create table if not exists ticket (
    ticket_id int not null auto_increment primary key,
    text varchar(20) not null
) ${table};`;

export const library = defineDomain({
  name: "library",
  description: "A library.",
  models: [],
  captured: [
    { table: "reader", ignore: ["note"] },
    { table: "order", keys: ["ordered_month", "code"] },
    { table: "loan" },
    { table: "ticket" },
  ],
});
export const project = defineProject({ sql: "sql", domains: [library] });

/** Databases of its own, with the library's tables and generated triggers. */
export async function openLibrary(): Promise<{ readonly db: TestDatabase; readonly folder: SqlFolder }> {
  const folder = await createSqlFolder({ "migrations/library/0001-tables.sql": tables });
  const db = await openTestDatabase({ project, sqlDir: folder.dir, migrate: false });
  await writeGeneratedFiles(folder.dir, await compareGeneratedFiles(db.mariadbUrl, folder.dir, project));
  await migrateUp({ admin: db.admin, sqlDir: folder.dir, domains: project.domains });
  return { db, folder };
}
