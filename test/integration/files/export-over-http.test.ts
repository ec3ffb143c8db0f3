import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportFrom } from "../../../src/exports/export-from.ts";
import { exportFormats } from "../../../src/models/export-formats.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import everything from "../../../vitrine.config.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { linesOf, refusalOf, withServer } from "./fetch-file.ts";

let gateway: TestGateway;
let out: string;
let models: readonly DocumentModel[];
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, everything);
  models = gateway.database.project.domains.flatMap((domain) => domain.models);
  out = await mkdtemp(join(tmpdir(), "vitrine-export-"));
});
afterAll(async () => {
  await gateway?.close();
  await rm(out, { recursive: true, force: true });
});

const get = (path: string, parameters: Readonly<Record<string, string>> = {}) =>
  fetch(new URL(`/export/${path}?${new URLSearchParams(parameters)}`, gateway.server.url));
const sha256Of = async (response: Response) =>
  createHash("sha256")
    .update(Buffer.from(await response.arrayBuffer()))
    .digest("hex");

test("every model as CSV, and every format, is what the command writes, from either store, byte by byte", async () => {
  const { reader } = gateway.database;
  const { live, mirror } = gateway.options.stores;
  for (const format of exportFormats)
    for (const source of ["live", "mirror"] as const) {
      const some =
        format === "csv" ? models : models.filter(({ name }) => /^(order_details|sales)$/.test(name));
      const manifest = await exportFrom({ reader, live, mirror }, source, undefined, {
        models: some.map((model) => ({ model, where: null })),
        format,
        out: join(out, `${format}-${source}`),
        gzip: false,
        signal: new AbortController().signal,
      });
      expect(manifest.files.length).toBe(some.length);
      for (const { model, sha256 } of manifest.files) {
        const response = await get(`${model}.${format}`, { source });
        expect([model, format, source, await sha256Of(response)]).toEqual([model, format, source, sha256]);
      }
    }
});

test("where, fields in their order, a moment and the form of spreadsheets", async () => {
  const where = JSON.stringify({ orderId: { in: [2, 4] } });
  const response = await get("ord.csv", { where, fields: "total,orderId,buyer", excel: "true" });
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="ord.csv"');
  expect(JSON.parse(response.headers.get("x-vitrine-freshness") ?? "")).toMatchObject([
    { root: "ord", model: "order_details", source: "MIRROR", position: expect.any(String) },
  ]);
  const { data } = await gateway.ask(
    "{ orderDetailsConnection(where: { orderId: { in: [2, 4] } }) { nodes { total orderId buyer { customerId name } } } }",
  );
  const { nodes = [] } = (data?.orderDetailsConnection ?? {}) as {
    readonly nodes?: readonly { total: string; orderId: number; buyer: object }[];
  };
  expect(nodes.length).toBe(2);
  expect(await linesOf(response)).toEqual([
    "total,orderId,buyer",
    ...nodes.map(
      ({ total, orderId, buyer }) => `${total},${orderId},"${JSON.stringify(buyer).replaceAll('"', '""')}"`,
    ),
  ]);
  const asOf = new Date().toISOString();
  const past = await get("order_details.ndjson", { where, fields: "orderId", asOf });
  expect(JSON.parse(past.headers.get("x-vitrine-freshness") ?? "")).toEqual([
    { root: "order_details", model: "order_details", source: "LIVE", asOf },
  ]);
  expect(await linesOf(past)).toEqual(['{"orderId":2}', '{"orderId":4}']);
});

test.each([
  ["nothing.csv", {}, 404, "UNKNOWN_MODEL", /There is no model nothing\. There are: .*order_details/],
  ["order_details.xls", {}, 400, "USAGE", /one of ndjson, json, csv, ejson, parquet/],
  ["order_details", {}, 400, "USAGE", /\/export\/<model>\.<format>/],
  ["../order_details.csv", {}, 404, "USAGE", /nothing here/],
  ["order_details.csv", { filter: "{}" }, 400, "USAGE", /filter: an export knows where, fields, asOf/],
  ["order_details.parquet", { excel: "true" }, 400, "USAGE", /a form of csv/],
  ["order_details.csv", { excel: "yes" }, 400, "BAD_INPUT", /excel: must be true or false/],
  ["order_details.csv", { where: "{" }, 400, "BAD_INPUT", /where: is not JSON/],
  ["order_details.csv", { where: '{"gone":{"eq":1}}' }, 400, "BAD_INPUT", /where: .*gone/],
  ["order_details.csv", { where: "[".repeat(1000) }, 400, "BAD_INPUT", /nested too deeply/],
  ["order_details.csv", { fields: "orderId,gone" }, 400, "BAD_INPUT", /no field "gone"/],
  ["order_details.csv", { fields: "total,total" }, 400, "BAD_INPUT", /names total twice/],
  ["order_details.csv", { source: "OTHER" }, 400, "BAD_INPUT", /one of AUTO, LIVE, MIRROR/],
  ["order_details.csv", { asOf: "yesterday" }, 400, "BAD_INPUT", /asOf: /],
  ["order_details.csv", { asOf: "2999-01-01T00:00:00Z" }, 400, "BAD_INPUT", /./],
  ["order_details.csv", { asOf: "2024-01-01T00:00:00Z", source: "MIRROR" }, 400, "BAD_INPUT", /newest state/],
])("%s is refused, case %#", async (path, parameters, status, code, message) => {
  expect(await refusalOf(await get(path, parameters as Record<string, string>))).toEqual([
    status,
    code,
    expect.stringMatching(message),
  ]);
});

test("a document that the store cannot give breaks the file off before anybody takes it for whole", async () => {
  const { admin } = gateway.database;
  await admin.query("drop trigger order_before_update");
  await admin.run("update `order` set date_placed = '0000-00-00' where order_id = 5");
  expect(await refusalOf(await get("order_details.csv", { source: "live" }))).toEqual([
    500,
    "DOCUMENT_INVALID",
    expect.stringContaining("order_details 5: placedAt is not a day of the calendar"),
  ]);
  // What is wrong in another field is no matter of this file.
  expect((await get("order_details.csv", { source: "live", fields: "orderId,total" })).status).toBe(200);
  await withServer(gateway, { files: { ...gateway.options.files, maxRows: 3 } }, async ({ url }) => {
    const refused = await refusalOf(await fetch(new URL("/export/order_details.parquet?source=mirror", url)));
    expect(refused).toEqual([400, "LIMIT_EXCEEDED", expect.stringContaining("more than 3 rows")]);
  });
  const posted = await fetch(new URL("/export/order_details.csv", gateway.server.url), { method: "POST" });
  expect(posted.status).toBe(405);
});
