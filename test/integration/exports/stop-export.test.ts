import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportFrom } from "../../../src/exports/export-from.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let out: string;
beforeAll(async () => {
  [database, out] = await Promise.all([openTestDatabase(), mkdtemp(join(tmpdir(), "vitrine-export-"))]);
  await database.admin.run("insert into city (zip, city, state) values ('90210', 'Beverly Hills', 'CA')");
  // A view that MariaDB works on for half a minute.
  await database.admin.run(
    `create or replace sql security invoker view state_sales as
    select area.state, 0.00 as revenue, 0 as orders, 0 as customers, json_array() as top_products
    from (select state from city group by state) as area where sleep(30) = 0`,
  );
});
afterAll(() => Promise.all([database?.close(), rm(out, { recursive: true, force: true })]));

const sleeping = async () =>
  (await database.admin.query("show processlist")).filter(({ State }) => State === "User sleep").length;

test("an export that is stopped leaves no file, and its statement ends in the database within a second", async () => {
  const { project, reader, mongo } = database;
  const models = project.domains.flatMap((domain) => domain.models);
  const stop = new AbortController();
  const stores = { reader, live: createLiveStore(reader), mirror: createMirrorStore(mongo) };
  const stopped = exportFrom(stores, "live", undefined, {
    models: models.filter(({ name }) => name === "state_sales").map((model) => ({ model, where: null })),
    format: "json",
    extendedJson: "relaxed",
    out,
    gzip: false,
    signal: stop.signal,
  }).catch((error: unknown) => error);
  await expect.poll(sleeping).toBe(1);
  stop.abort();
  expect(await stopped).toMatchObject({ code: "CANCELLED" });
  await expect.poll(sleeping, { timeout: 1000, interval: 20 }).toBe(0);
  expect(await readdir(out)).toEqual([]);
});
