import { afterAll, beforeAll, expect, test } from "vitest";
import { openGatewayAtScale, type TestGateway } from "../integration/graphql/gateway.ts";
import { changePrices, testQuestions } from "../integration/pos/test-questions.ts";

let gateway: TestGateway;
/** Tables that a range of a rebuild reads whole for each document, as planned right after the import. */
const readWhole: string[] = [];
beforeAll(async () => {
  gateway = await openGatewayAtScale(1, async (database) => {
    for (const { name, key, columns } of database.project.domains.flatMap(({ models }) => models)) {
      const id = columns[key];
      const plan = await database.admin.query<Record<string, string>>(
        `explain select * from ${name} where ${id} > '1' order by ${id} limit 250`,
      );
      // Nothing is saved by an index over a table that is as good as empty.
      for (const { select_type, table, type = "", rows } of plan)
        if (select_type === "DEPENDENT SUBQUERY" && ["ALL", "index"].includes(type) && Number(rows) > 100)
          readWhole.push(`${name}: ${table}`);
    }
    await changePrices(database);
  });
});
afterAll(() => gateway?.close());

test("The shop is as large as in the field, and its files were as dirty", async () => {
  const [shop] = await gateway.database.admin.query(`select
    (select count(*) from customer) as customers, (select count(*) from product) as products,
    (select round(count(*), -3) from \`order\`) as orders, (select round(count(*), -4) from orderline) as sold,
    (select count(distinct reason) > 3 from vitrine_import_reject) as is_dirty`);
  expect(shop).toEqual({ customers: "8000", products: "4000", orders: "25000", sold: "80000", is_dirty: 1 });
});

test("A shop that was just imported is planned as what it is", () => {
  expect(readWhole).toEqual([]);
});

testQuestions(() => gateway);
