import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaffoldModel } from "../../../src/migrations/scaffold-model.ts";
import type { Fields } from "../../../src/models/field.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { copyProject, type ProjectCopy } from "../../support/project-copy.ts";

let db: TestDatabase;
let copy: ProjectCopy;
let removeCopy: (() => Promise<void>) | undefined;
beforeAll(async () => {
  copy = await copyProject((remove) => {
    removeCopy = remove;
  });
  db = await openTestDatabase();
});
afterAll(async () => {
  await db?.close();
  await removeCopy?.();
});

/** What a definition says of each field at any depth: `orders.items.name` → `string`. */
function describeFields(fields: Fields, path = ""): readonly (readonly [path: string, says: string])[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.kind === "link") return [];
    const own = `${path}${name}`;
    const inner = field.kind === "list" ? field.item : field;
    const scale = inner.kind === "decimal" ? ` ${inner.scale}` : "";
    const list = field.kind === "list" ? "list of " : "";
    const says = `${list}${inner.kind}${scale}${inner.nullable ? " or null" : ""}`;
    return [
      [own, says],
      ...(inner.kind === "object" ? describeFields(inner.fields, `${own}.`) : []),
    ] as const;
  });
}

/** The model that is made from the view of another one, as if that had no definition. */
async function scaffold({ name }: DocumentModel): Promise<DocumentModel> {
  const { definition } = await scaffoldModel(db.admin, {
    name,
    source: name,
    isView: true,
    models: [],
    domain: "pos",
  });
  const file = `src/domains/pos/models/made-of-${name}.ts`;
  await copy.write(file, definition);
  const module: Record<string, DocumentModel> = await import(pathToFileURL(join(copy.dir, file)).href);
  const [model] = Object.values(module);
  if (!model) throw new Error(`${file} exports nothing.`);
  return model;
}

const counted = "int → bigint";
const summed = "int → decimal 0";

/** Where a definition made from the view says something else than its author: never less than the view may give. */
const misses = {
  "customer_lifetime_value.orderCount": counted,
  "customer_lifetime_value.topProducts.units": summed,
  "customer_segments.customers": counted,
  "customer_segments.orders": counted,
  "customer_segments.repeatCustomers": counted,
  "monthly_sales.newCustomers": counted,
  "monthly_sales.orders": counted,
  "monthly_sales.returningCustomers": counted,
  "monthly_sales.topProducts.units": summed,
  "monthly_sales.units": summed,
  "pending_shipments.orderCount": counted,
  "product_demand.buyers": counted,
  "product_demand.unitsSold": counted,
  "product_price_history.changeCount": counted,
  "sales_trend.orders": counted,
  "sales_trend.previousMonth": "string → string or null",
  "state_sales.customers": counted,
  "state_sales.orders": counted,
  "state_sales.topProducts.units": summed,
};

test("of the 141 fields of the shop, 122 are made from the views as their authors wrote them, the others are wider", async () => {
  const models = db.project.domains.flatMap((domain) => domain.models);
  const found: Record<string, string> = {};
  let all = 0;
  for (const model of models) {
    const made = await scaffold(model);
    expect(made.key, model.name).toBe(model.key);
    const ours = new Map(describeFields(made.fields));
    const theirs = describeFields(model.fields);
    expect([...ours.keys()], model.name).toEqual(theirs.map(([path]) => path));
    for (const [path, says] of theirs) {
      all += 1;
      if (ours.get(path) !== says) found[`${model.name}.${path}`] = `${says} → ${ours.get(path)}`;
    }
  }
  expect(found).toEqual(misses);
  expect([all, all - Object.keys(misses).length]).toEqual([141, 122]);
});
