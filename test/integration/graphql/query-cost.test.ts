import fc from "fast-check";
import { getOperationAST, parse } from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readCost } from "../../../src/graphql/field-cost.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/graphql/server.ts";
import { type CubeModel, isCube } from "../../../src/models/cube.ts";
import type { Field, Fields } from "../../../src/models/field.ts";
import { type Document, toColumnName, toFieldName } from "../../../src/models/model.ts";
import { requiredBy } from "../../../src/models/required-dimensions.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import everything from "../../../vitrine.config.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";
import { valuesOf } from "./values-of.ts";

let gateway: TestGateway;
const servers: Server[] = [];
beforeAll(async () => {
  gateway = await openTestGateway({}, undefined, everything);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => gateway?.close());

async function serve(changes: Partial<ServerOptions>): Promise<Server> {
  const limits = { ...gateway.options.limits, maxCost: Number.POSITIVE_INFINITY, maxDepth: 40 };
  const server = await createServer({ ...gateway.options, limits, metrics: createMetrics(), ...changes });
  servers.push(server);
  return server;
}

/** What a store has given. */
function counting(store: DocumentStore, count: (documents: number) => void): DocumentStore {
  return {
    ...store,
    async findByIds(...args) {
      const found = await store.findByIds(...args);
      count(found.size);
      return found;
    },
    async findPage(...args) {
      const found = await store.findPage(...args);
      count(found.length);
      return found;
    },
    async aggregate(...args) {
      const found = await store.aggregate(...args);
      count(found.length);
      return found;
    },
  };
}

/** A random selection of a model's fields, through lists and links. */
const selection = (
  models: TestGateway["database"]["project"]["domains"][number]["models"],
  fields: Fields,
  depth: number,
): fc.Arbitrary<string> => {
  const of = ([name, field]: [string, Field]): fc.Arbitrary<string> | undefined => {
    const inner = field.kind === "list" ? field.item : field;
    if (inner.kind !== "object" && inner.kind !== "link") return fc.constant(name);
    if (depth === 0) return undefined;
    const target =
      inner.kind === "object" ? inner.fields : models.find((model) => model.name === inner.model)?.fields;
    return target && selection(models, target, depth - 1).map((text) => `${name} ${text}`);
  };
  const all = Object.entries(fields)
    .map(of)
    .filter((one) => one !== undefined);
  return fc
    .tuple(...all.map((one) => fc.option(one, { nil: "" })))
    .map((texts) => `{ ${texts.filter((text) => text !== "").join(" ") || "__typename"} }`);
};

const sumsOf = ({ cube }: CubeModel): readonly string[] =>
  Object.keys(cube.measures).filter((name) => cube.measures[name]?.kind === "sum");

interface CubeChoice {
  readonly first: number;
  readonly keys: readonly string[];
  readonly sum: string | undefined;
  readonly hasTop: boolean;
  readonly isConverted: boolean;
}

/** A question of a cube. What the sum requires is selected and ordered by, not grouped by: the answer is so all the same. */
function cubeQuestion(cube: CubeModel, { first, keys, sum, hasTop, isConverted }: CubeChoice): string {
  const nameOf = (name: string) => toColumnName(name).toUpperCase();
  const { conversion, measures } = cube.cube;
  const converts = isConverted && conversion !== undefined && sum !== undefined;
  const required = sum === undefined || converts ? [] : requiredBy(measures, sum);
  const grouped = keys.filter((key) => !required.includes(key));
  const shown = [...grouped, ...required];
  const orders = [...required.map((key) => `${nameOf(key)}_ASC`), ...(sum ? [`${nameOf(sum)}_DESC`] : [])];
  const orderBy = orders.length > 0 ? `orderBy: [${orders.join(" ")}]` : "";
  const args = [
    `first: ${first} cube: [${grouped.map(nameOf).join(" ")}] source: MIRROR`,
    ...[orderBy, converts ? `convertTo: "GBP"` : ""],
    hasTop ? `topPerGroup: { by: [${nameOf(shown.at(-1) ?? "")}], first: 5, ${orderBy} }` : "",
  ];
  return `{ ${toFieldName(cube.typeName)}(${args.join(" ")}) { level ${[...shown, sum ?? ""].join(" ")} } }`;
}

describe("What a query costs", () => {
  test("is no less than a part of what it reads and puts together, for random queries over every model", async () => {
    let documents = 0;
    const count = (more: number) => {
      documents += more;
    };
    const { live, mirror } = gateway.options.stores;
    const server = await serve({
      stores: { live: counting(live, count), mirror: counting(mirror, count) },
      maxDocuments: 1_000_000,
    });
    const models = gateway.database.project.domains.flatMap((domain) => domain.models);
    const queries = fc.oneof(
      ...models
        .filter((model) => !isCube(model))
        .map((model) =>
          fc
            .tuple(fc.integer({ min: 1, max: 60 }), selection(models, model.fields, 4))
            .map(
              ([first, text]) =>
                `{ ${toFieldName(model.typeName)}Connection(first: ${first} source: MIRROR) { nodes ${text} } }`,
            ),
        ),
      ...models
        .filter((model) => isCube(model))
        .filter((model) => !isRollUp(model))
        .map((cube) =>
          fc
            .record({
              first: fc.integer({ min: 0, max: 3000 }),
              keys: fc.subarray(Object.keys(cube.cube.dimensions), {
                minLength: 1,
                maxLength: Math.min(5, Object.keys(cube.cube.dimensions).length),
              }),
              sum: fc.constantFrom(undefined, ...sumsOf(cube)),
              hasTop: fc.boolean(),
              isConverted: fc.boolean(),
            })
            .map((choice) => cubeQuestion(cube, choice)),
        ),
    );
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const operation = getOperationAST(parse(query));
        if (!operation) throw new Error("no operation");
        const cost = readCost(gateway.options, operation, new Map(), {});
        fc.pre(cost < 500_000);
        documents = 0;
        const answer = await ask(server.url, query);
        expect(answer.errors).toBeUndefined();
        // A page looks one document ahead. Lists have their averages, so single documents may have some times as much.
        expect([query, valuesOf(answer.data) + documents <= 4 * cost + 10]).toEqual([query, true]);
      }),
      { numRuns: 30 },
    );
  });

  test("is counted with lists that are as long as their models say, on average", async () => {
    const { mongo, project } = gateway.database;
    for (const model of project.domains.flatMap((domain) => domain.models)) {
      const documents = await mongo.db
        .collection<Document>(model.name)
        .find({ _del: { $exists: false } })
        .toArray();
      for (const [name, field] of Object.entries(model.fields)) {
        if (field.kind !== "list" || documents.length === 0) continue;
        const items = documents.reduce(
          (sum, document) => sum + ((document[name] as unknown[] | undefined)?.length ?? 0),
          0,
        );
        expect([model.name, name, items / documents.length <= field.expected]).toEqual([
          model.name,
          name,
          true,
        ]);
      }
    }
  });
});
