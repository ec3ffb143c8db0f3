// A migration runner in a process of its own, to be killed: node migrate-child.mjs <MariaDB URL> <SQL folder>
import { register } from "tsx/esm/api";

register();
const [url, sqlDir] = process.argv.slice(2);
const { openMariaDb } = await import("../../src/stores/mariadb/mariadb.ts");
const { migrateUp } = await import("../../src/migrations/migrate.ts");
const admin = openMariaDb(url, { size: 2, multipleStatements: true });
await migrateUp({ admin, sqlDir, domains: [{ name: "shop" }] });
await admin.close();
