import { calendar } from "../../src/domains/calendar/index.ts";
import { totesys } from "../../src/domains/totesys/index.ts";
import { type ImportOptions, type ImportSummary, importFiles } from "../../src/imports/import-files.ts";
import { defineDomain, defineProject } from "../../src/models/project.ts";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { clearChanges } from "./changes.ts";
import { writeFolder } from "./warehouse.ts";

/** The back office's files and tables, without its models: enough for an import. */
const backOffice = defineDomain({ ...totesys, models: [], access: { roles: {} } });

export const backOfficeProject = defineProject({
  sql: "sql",
  domains: [defineDomain({ ...calendar, models: [], access: { roles: {} } }), backOffice],
});

/** Imports files that are given as text. */
export async function importTote(
  admin: MariaDb,
  files: Readonly<Record<string, string>>,
  options: Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  return importFiles({ admin, domain: backOffice, dir: await writeFolder(files), ...options });
}

/** In an order in which their rows can be deleted. */
const toteTables = [
  ...[
    "payment",
    "transaction",
    "purchase_order",
    "sales_order",
    "counterparty",
    "staff",
    "design",
    "address",
  ],
  ...["payment_type", "department", "currency_rate", "currency"],
] as const;

/** Deletes all rows of the back office with their history, so that tests of one file can share a database. */
export async function emptyBackOffice(admin: MariaDb): Promise<void> {
  await admin.withConnection(async (connection) => {
    for (const table of toteTables) {
      await connection.run(`delete from \`${table}\``);
      await connection.run(`delete history from \`${table}\``);
    }
    await connection.run("delete from vitrine_import_reject");
    await clearChanges(connection);
  });
}

/** How many rows each table has, those of none left out. */
export async function countTote(admin: MariaDb): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const table of toteTables) {
    const [row] = await admin.query<{ n: string }>(`select count(*) as n from \`${table}\``);
    if (Number(row?.n) > 0) counts[table] = Number(row?.n);
  }
  return counts;
}
