import { afterAll, beforeAll, expect, test } from "vitest";
import { recordRejected } from "../../../src/core/rejected-documents.ts";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import { NO_ID } from "../../../src/stores/conversion/document-id.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

/** What answered, and the whole revenue. */
async function ask(source: string) {
  const { data, errors, extensions } = await gateway.ask(
    `{ sales(groupBy: [PRODUCT] source: ${source} first: 1000) { product revenue } }`,
  );
  expect(errors).toBeUndefined();
  return { rows: data?.sales, model: extensions?.freshness[0]?.model };
}

test("a roll-up that lacks a group is passed over for its facts, until it has all of them", async () => {
  const { admin, mongo } = gateway.database;
  const byProduct = sales.cube.rollUps.find(({ name }) => name === "sales_by_product_id");
  if (!byProduct) throw new Error("There is no such roll-up.");
  const { rows, model } = await ask("MIRROR");
  expect(model).toBe("sales_by_product_id");
  const documents = mongo.db.collection<Record<string, unknown>>("sales_by_product_id");
  const lost = await documents.findOneAndDelete({});
  expect(await ask("MIRROR")).not.toEqual({ rows, model });
  const isAnswered = async (by: string, sources: readonly string[]) => {
    // A look at the state is shared for a tenth of a second.
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const source of sources) expect(await ask(source), source).toEqual({ rows, model: by });
  };
  for (const id of [NO_ID, String(lost?._id)]) {
    await admin.withConnection((connection) =>
      recordRejected(connection, byProduct, new Map([[id, "No."]]), null),
    );
    await isAnswered("sales", ["MIRROR", "AUTO"]);
    await admin.run("delete from vitrine_rejected");
  }
  await documents.insertOne(lost ?? {});
  await isAnswered("sales_by_product_id", ["MIRROR"]);
});
