import { afterAll, beforeAll, expect, test } from "vitest";
import { openGatewayAtScale, type TestGateway } from "../integration/graphql/gateway.ts";
import { changePrices, testQuestions } from "../integration/pos/test-questions.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGatewayAtScale(1, changePrices);
});
afterAll(() => gateway?.close());

test("The shop is as large as in the field, and its files were as dirty", async () => {
  const [shop] = await gateway.database.admin.query(`select
    (select count(*) from customer) as customers, (select count(*) from product) as products,
    (select round(count(*), -3) from \`order\`) as orders, (select round(count(*), -4) from orderline) as sold,
    (select count(distinct reason) > 3 from import_reject) as is_dirty`);
  expect(shop).toEqual({ customers: "8000", products: "4000", orders: "25000", sold: "80000", is_dirty: 1 });
});

testQuestions(() => gateway);
