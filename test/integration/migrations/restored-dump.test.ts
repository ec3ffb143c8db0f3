import { afterAll, beforeAll, expect, test } from "vitest";
import { watchCapture } from "../../../src/app/watch-capture.ts";
import { readSourceStatus } from "../../../src/core/source-status.ts";
import { createLogger } from "../../../src/log.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { openMariaDb, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

/** A database as mariadb-dump leaves it, which takes no routines with it unless it is told to, and is told no triggers. */
let shop: MirrorShop;
beforeAll(async () => {
  shop = await openMirrorShop();
});
afterAll(() => shop?.close());

async function dropAll(...kinds: readonly ("function" | "procedure" | "trigger")[]): Promise<void> {
  const found = await shop.admin.query<{ kind: string; name: string }>(
    `select lower(routine_type) as kind, routine_name as name from information_schema.routines
    where routine_schema = database()
    union all select 'trigger', trigger_name from information_schema.triggers
    where trigger_schema = database()`,
  );
  for (const { kind, name } of found)
    if (kinds.some((one) => one === kind)) await shop.admin.query(`drop ${kind} ${quoteName(name)}`);
}

test.each([
  ["with triggers", ["function", "procedure"]],
  ["without triggers", ["function", "procedure", "trigger"]],
] as const)(
  "a database without routines, %s, is distrusted by the loader, and migrate up mends it",
  async (_, kinds) => {
    await shop.mirror();
    const { admin, models, mongo, project, sqlDir } = shop;
    const migrate = () => migrateUp({ admin, sqlDir, domains: project.domains });
    const db = openMariaDb(shop.mariadbUrl, { size: loaderConnections });
    const checkCapture = watchCapture({ admin, loader: db, project: { ...project, sqlDir } });
    // Notes what is there, as a loader did before the dump.
    await (await checkCapture()).acknowledge?.();
    expect((await checkCapture()).problem).toBeNull();
    await dropAll(...kinds);
    const stop = new AbortController();
    const logger = createLogger("silent");
    const running = createLoader({ db, mongo, models, logger, verifyShare: 0, checkCapture }).run(
      stop.signal,
    );
    const trusted = async () => {
      const { models: states } = await readSourceStatus(db, models);
      return [...states.values()].filter(({ readable }) => readable !== null).length;
    };
    try {
      await expect.poll(trusted, { timeout: 30_000 }).toBe(0);
      const write = () => admin.run("update customer set last_name = concat(last_name, ' again')");
      // A write whose trigger needs a routine fails; one without a trigger is in no log.
      await write().catch(() => {});
      await migrate();
      await write();
      await expect.poll(trusted, { timeout: 45_000 }).toBe(models.length);
    } finally {
      stop.abort();
      await running;
      await db.close();
    }
    await shop.mirror();
    expect(await shop.defects()).toEqual([]);
    expect(await migrate()).toEqual([]);
  },
);
