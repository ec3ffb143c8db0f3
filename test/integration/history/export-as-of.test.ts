import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportModels } from "../../../src/exports/export-models.ts";
import { createPastSource, withLiveSource } from "../../../src/exports/export-sources.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { prepareShop } from "../../support/shop-operations.ts";

test("an export as of a moment is the file that was exported then, byte for byte", async () => {
  const db = await openTestDatabase();
  const out = await mkdtemp(join(tmpdir(), "vitrine-export-"));
  const models = db.project.domains
    .flatMap((domain) => domain.models)
    .filter(({ name }) => ["customer_orders", "order_details", "product_buyers", "sales"].includes(name))
    .map((model) => ({ model, where: null }));
  const { signal } = new AbortController();
  const request = { models, format: "ndjson", extendedJson: "relaxed", out, gzip: false, signal } as const;
  const hashes = (manifest: Awaited<ReturnType<typeof exportModels>>) =>
    manifest.files.map(({ file, rows, sha256 }) => ({ file, rows, sha256 }));
  try {
    await prepareShop(db.admin);
    const then = await withLiveSource(db.reader, (source) => exportModels({ ...request, source }));
    expect(then.files.length).toBeGreaterThan(0);
    const asOf = await readMoment(db.admin);
    await db.admin.run("update customer set first_name = 'Zoe'");
    await db.admin.run("update orderline set quantity = quantity + 1");
    const source = createPastSource(createLiveStore(db.reader), asOf);
    const past = await exportModels({ ...request, source });
    expect(hashes(past)).toEqual(hashes(then));
    expect(past.files[0]).toMatchObject({ source: "live", position: null, asOf });
    expect(JSON.parse(await readFile(join(out, "manifest.json"), "utf8"))).toEqual(past);
    const now = await withLiveSource(db.reader, (live) => exportModels({ ...request, source: live }));
    expect(hashes(now)).not.toEqual(hashes(then));
  } finally {
    await rm(out, { recursive: true });
    await db.close();
  }
});
