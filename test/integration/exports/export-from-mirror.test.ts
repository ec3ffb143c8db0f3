import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExportSource, exportModels, type Manifest } from "../../../src/exports/export-models.ts";
import { createMirrorSource, withLiveSource } from "../../../src/exports/export-sources.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { prepareWarehouse } from "../../domains/softcart/warehouse-operations.ts";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { fillMirror } from "../../support/fill-mirror.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { createShop } from "../../support/shop.ts";

let database: TestDatabase;
let models: readonly DocumentModel[];
let mirrorSource: ExportSource;
let out: string;
/** What Node.js complains of: listeners that pile up, one for each model. */
const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);
beforeAll(async () => {
  process.on("warning", onWarning);
  database = await openTestDatabase();
  // Two ranges of the live export and of the mirror's cursor where there are three documents.
  models = database.project.domains
    .flatMap((domain) => domain.models)
    .map((model) => ({ ...model, batch: 2 }));
  mirrorSource = createMirrorSource(createMirrorStore(database.mongo), database.reader);
  out = await mkdtemp(join(tmpdir(), "vitrine-export-"));
  const shop = await createShop(database.admin);
  await shop.city("90210", "Beverly Hills", "CA", "0.09500");
  await shop.customer("Ada", { lastName: "O'Neil", address2: 'Suite "7"' });
  await shop.customer("Zoë", { zip: "90210", lastName: "Şahin, Jr 🙂" });
  await shop.customer("Eve");
  await shop.product("Tea", "42.99");
  await shop.product('TV Stand 42"', "1279.99");
  await shop.product("Unsold", "0.00");
  await shop.sale("Ada", [["Tea", 2]], { placed: "1969-12-31 23:59:59.999" });
  await shop.sale("Zoë", [['TV Stand 42"', 3, "0.05"]], {
    placed: "2024-02-29 10:00:00.000",
    shipped: "2024-03-01 00:00:00.000",
  });
  await shop.sale("Eve", [["Tea", 7]], { cancelled: true });
  await shop.sale("Eve", [["Tea", 1]]);
  await shop.run("update product set current_price = 50 where name = 'Tea'");
  await prepareWarehouse(database.admin);
  await prepareTote(database.admin);
  await fillMirror(database.admin, database.mongo, database.project);
});
afterAll(async () => {
  process.off("warning", onWarning);
  await database?.close();
  await rm(out, { recursive: true, force: true });
});

/** The files of a folder by name, without the manifest. */
async function readFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name !== "manifest.json");
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

test.each([
  ["ndjson", "relaxed"],
  ["ejson", "relaxed"],
  ["ejson", "canonical"],
  ["json", "relaxed"],
  ["csv", "relaxed"],
] as const)(
  "every model is the same bytes from the mirror as from live, as %s (%s)",
  async (format, extendedJson) => {
    const exportFrom = (source: ExportSource): Promise<Manifest> =>
      exportModels({
        models: models.map((model) => ({ model, where: null })),
        source,
        format,
        extendedJson,
        out: join(out, `${format}-${extendedJson}-${source.name}`),
        gzip: false,
        signal: new AbortController().signal,
      });
    const live = await withLiveSource(database.reader, exportFrom);
    const mirror = await exportFrom(mirrorSource);
    const [ofLive, ofMirror] = await Promise.all(
      ["live", "mirror"].map((name) => readFiles(join(out, `${format}-${extendedJson}-${name}`))),
    );
    expect(ofLive?.size).toBe(models.length);
    expect(ofMirror).toEqual(ofLive);
    expect(mirror.files.map(({ model, rows, sha256 }) => [model, rows, sha256])).toEqual(
      live.files.map(({ model, rows, sha256 }) => [model, rows, sha256]),
    );
    for (const file of mirror.files) {
      expect(file.rows, file.model).toBeGreaterThan(0);
      expect(file).toMatchObject({ source: "mirror", position: "1" });
    }
    expect(models.length).toBeGreaterThan(10);
    expect(warnings).toEqual([]);
  },
);

test("vitrine export --source mirror writes what fits, read from the mirror and not live", async () => {
  // Nothing follows this write: live has it, the mirror has not.
  await database.admin.run("update customer set last_name = 'Later' where first_name = 'Ada'");
  const folder = join(out, "command");
  const args = ["customer_orders", "--where", '{"state": {"eq": "TX"}}', "--out", folder, "--json"];
  const { code, stderr, stdout } = await runVitrine(database, out, ["export", ...args, "--source", "mirror"]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).files).toMatchObject([
    { model: "customer_orders", rows: 2, source: "mirror", position: "1" },
  ]);
  const names = (await readFile(join(folder, "cust.json"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).name);
  expect(names).toEqual(["Ada O'Neil", "Eve Smith"]);
});
