import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import type { ReadOptions } from "../../../src/stores/document-store.ts";
import project from "../../../vitrine.config.ts";
import { readMoment } from "../../support/settle.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

const models = project.domains.flatMap((domain) => domain.models);
let gateway: TestGateway;
let then: ReadonlyMap<DocumentModel, readonly Document[]>;
let moment: string;

const readAll = async (model: DocumentModel, options: ReadOptions): Promise<readonly Document[]> => {
  const documents: Document[] = [];
  for await (const document of gateway.options.stores.live.stream(model, null, options))
    documents.push(document);
  return documents;
};

beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, project);
  const read = new Map<DocumentModel, readonly Document[]>();
  for (const model of models) read.set(model, await readAll(model, {}));
  then = read;
  const { admin } = gateway.database;
  moment = await readMoment(admin);
  await admin.run("update customer set first_name = 'Zoe' where customer_id % 2 = 0");
  await admin.run("update product set current_price = current_price + 1, name = concat(name, '!')");
  await admin.run("update orderline set unit_price = unit_price + 1 where product_id % 2 = 0");
});
afterAll(() => gateway?.close());

test.each(models.map((model) => [model.name, model] as const))(
  "all of %s is as of a moment what it was then, and its history begins with it",
  async (_name, model) => {
    const before = then.get(model) ?? [];
    expect(before.length).toBeGreaterThan(0);
    expect(await readAll(model, { asOf: moment })).toEqual(before);
    const now = await readAll(model, {});
    const index = now.findIndex((document, at) => !isDeepStrictEqual(document, before[at]));
    const changed = now[index] ?? now[0];
    const id = String(changed?.[model.key]);
    const { versions } = await gateway.options.stores.live.findVersions(model, id, {
      limit: 3,
      before: null,
    });
    expect(versions[0]?.document).toEqual(changed);
  },
);
