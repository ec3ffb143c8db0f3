import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, inject, onTestFinished, test } from "vitest";
import { serveProject } from "../../../src/graphql/serve-project.ts";
import { loadProject } from "../../../src/load-project.ts";
import { createLogger } from "../../../src/log.ts";
import { createModel } from "../../../src/migrations/create-model.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase } from "../../support/database.ts";
import {
  expectedColumns,
  findProblems,
  parseExactly,
  readColumns,
  readDocuments,
} from "../../support/model-contract.ts";
import { copyProject, type ProjectCopy } from "../../support/project-copy.ts";
import { prepareShop, shopOperation } from "../../support/shop-operations.ts";
import { findMissed, rounds } from "../../support/soundness.ts";
import { ask } from "../graphql/gateway.ts";

const bin = fileURLToPath(new URL("../../../bin/vitrine.mjs", import.meta.url));
const runFile = promisify(execFile);

/** Opens the project as it is now in databases of its own, with a small shop in it. */
async function openProject({ projectFile }: ProjectCopy, name: string) {
  const project = await loadProject(projectFile);
  const db = await openTestDatabase({ project, sqlDir: project.sqlDir });
  onTestFinished(() => db.close());
  await prepareShop(db.admin);
  const model = project.domains.flatMap((domain) => domain.models).find((one) => one.name === name);
  if (!model) throw new Error(`${name} is no model of the project.`);
  return { project, db, model, live: createLiveStore(db.reader) };
}

/** Writes the files that are derived from the project's views. */
async function generate({ projectFile }: ProjectCopy): Promise<void> {
  const project = await loadProject(projectFile);
  const url = String(inject("mariadbUrl"));
  await writeGeneratedFiles(project.sqlDir, await compareGeneratedFiles(url, project.sqlDir, project));
}

/** Mirrors everything that is committed now. */
async function mirror({ project, db }: Awaited<ReturnType<typeof openProject>>): Promise<void> {
  const models = project.domains.flatMap((domain) => domain.models);
  const pool = openMariaDb(db.mariadbUrl, { size: loaderConnections });
  const loader = createLoader({ db: pool, mongo: db.mongo, models, logger: createLogger("silent") });
  await loader.once(AbortSignal.timeout(50_000));
  await pool.close();
}

async function expectSound(db: Awaited<ReturnType<typeof openProject>>["db"], model: DocumentModel) {
  let different = 0;
  await fc.assert(
    fc.asyncProperty(rounds(shopOperation), async (round) => {
      expect(await findMissed(db.admin, [model], round, (_name, count) => (different += count))).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(different).toBeGreaterThan(0);
}

test("one SQL file, one TypeScript file and one line make a model", async () => {
  const copy = await copyProject();
  await copy.write(
    "sql/views/pos/zip_customers.sql",
    `-- purpose: the customers of a zip
-- grain: one row per city
-- reads: city, customer
-- model: zip_customers
create or replace sql security invoker view zip_customers as
select
    city.zip,
    city.state,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object('customerId', customer.customer_id, 'lastName', customer.last_name)
                    order by customer.customer_id
                )
            from customer
            where customer.zip = city.zip
        ),
        json_array()
    ) as customers
from city;
`,
  );
  await copy.write(
    "src/domains/pos/models/zip-customers.ts",
    `import { int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

export const zipCustomers = defineModel({
  name: "zip_customers",
  typeName: "ZipCustomers",
  description: "The customers of a zip.",
  key: "zip",
  fields: {
    zip: string("Five-digit zip."),
    state: string("Two-letter state.", { filter: true }),
    customers: list(
      "By number.",
      object("ZipCustomer", "A customer of the zip.", {
        customerId: int("Customer number."),
        lastName: string("Last name."),
        orders: link("customer_orders", { key: "customerId" }),
      }),
    ),
  },
});
`,
  );
  await copy.append("src/domains/pos/models/index.ts", 'export { zipCustomers } from "./zip-customers.ts";');
  await generate(copy);

  const opened = await openProject(copy, "zip_customers");
  const { project, db, model, live } = opened;
  await expectSound(db, model);
  await mirror(opened);
  await db.admin.run("update customer set last_name = 'Lovelace' where customer_id = 1");
  await mirror(opened);

  const server = await serveProject({
    project,
    projectDir: copy.dir,
    live,
    mirror: createMirrorStore(db.mongo),
    reader: db.reader,
    writer: db.writer,
    mongo: db.mongo,
    settings: {
      host: "127.0.0.1",
      port: 0,
      allowedHosts: [],
      maxStalenessMs: 1000,
      queryTimeoutMs: 10_000,
      maxDepth: 12,
      maxCost: 200_000,
      maxValues: 500_000,
      maxAnswerBytes: 16_000_000,
    },
    logger: createLogger("silent"),
  });
  onTestFinished(() => server.close());
  for (const source of ["LIVE", "MIRROR"]) {
    const query = `{ zipCustomersConnection(where: { state: { eq: "TX" } }, source: ${source}) {
      nodes { zip customers { lastName orders { name } } } } }`;
    expect((await ask(server.url, query)).data, source).toEqual({
      zipCustomersConnection: {
        nodes: [
          { zip: "77002", customers: [{ lastName: "Lovelace", orders: { name: "Ada Lovelace" } }] },
          { zip: "78701", customers: [{ lastName: "Smith", orders: { name: "Cleo Smith" } }] },
        ],
      },
    });
  }
});

test("`vitrine model new` writes a model that works, and lists it", async () => {
  const copy = await copyProject();
  const empty = await openTestDatabase({ migrate: false });
  onTestFinished(() => empty.close());
  const env = {
    ...process.env,
    MARIADB_URL: empty.mariadbUrl,
    MONGODB_URL: empty.mongodbUrl,
    VITRINE_PROJECT: copy.projectFile,
  };
  const vitrine = (...args: string[]) => runFile(process.execPath, [bin, ...args], { env, cwd: copy.dir });
  await vitrine("migrate", "up");
  const { stdout } = await vitrine("model", "new", "order_list", "--table", "order");
  expect(stdout).toBe(`Wrote sql/views/pos/order_list.sql
Wrote src/domains/pos/models/order-list.ts
Wrote sql/touched/pos/order_list_touched_by_order.sql
Wrote sql/procedures/pos/export_order_list.sql
To be decided, where the definition says \`decide:\`
  status: say what each value means
Added to src/domains/pos/models/index.ts: export { orderList } from "./order-list.ts";
Then: vitrine migrate up
`);

  const { project, db, model } = await openProject(copy, "order_list");
  expect(await readColumns(db.admin, "order_list")).toEqual(expectedColumns(model));
  const documents = await readDocuments(db.admin, model);
  expect(documents.size).toBe(4);
  for (const text of documents.values()) expect(findProblems(model.fields, parseExactly(text))).toEqual([]);
  await expectSound(db, model);

  await expect(vitrine("model", "new", "order_list", "--table", "order")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/order_list\.sql exists/),
  });
  const [domain] = project.domains;
  if (!domain) throw new Error("The project has no domain.");
  for (const [name, source, message] of [
    ["lines", "orderline", /one column/],
    ["No", "order", /snake_case/],
  ] as const) {
    const plan = {
      ...{ projectDir: copy.dir, sqlDir: copy.sqlDir, url: empty.mariadbUrl, isView: false, check: () => {} },
      ...{ domain, domains: project.domains, name, source },
    };
    await expect(createModel(db.admin, plan)).rejects.toThrow(message);
  }
}, 180_000);
