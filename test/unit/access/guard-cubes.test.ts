import { describe, expect, test } from "vitest";
import { createGuard } from "../../../src/access/guard.ts";
import { projectForRole } from "../../../src/access/project-for-role.ts";
import { isCube } from "../../../src/models/cube.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import type { DocumentStore, Filter } from "../../../src/stores/document-store.ts";
import shop from "../../../vitrine.config.ts";
import { clinicOf } from "./clinic.ts";

const all: CubeQuery = {
  sets: [[]],
  measures: ["stays"],
  where: null,
  having: null,
  orderBy: [],
  limit: 1,
  withTies: false,
};
const never = () => Promise.reject(new Error("asked"));
/** Says what it was asked for, and nothing else. */
const recorded = (): {
  readonly store: DocumentStore;
  readonly asked: CubeQuery[];
  readonly cubes: unknown[];
} => {
  const asked: CubeQuery[] = [];
  const cubes: unknown[] = [];
  const store = {
    name: "live",
    findByIds: never,
    findPage: never,
    count: never,
    findVersions: never,
    stream: () => {
      throw new Error("asked");
    },
    aggregate: async (cube: unknown, query: CubeQuery) => {
      cubes.push(cube);
      asked.push(query);
      return [];
    },
  } as unknown as DocumentStore;
  return { store, asked, cubes };
};

/** A cube as a role with this least group asks it. */
function openStays(leastGroup: number) {
  const project = clinicOf({ one: { description: "One.", leastGroup, models: { stays: true } } });
  const own = projectForRole(project, "one");
  const guard = createGuard(own, { name: "somebody", role: "one", claims: {}, expiresAt: null });
  const { store, asked, cubes } = recorded();
  const defined = project.domains[0]?.models.find(({ name }) => name === "stays");
  if (!defined || !isCube(defined)) throw new Error("The clinic has its stays.");
  const { live } = guard.stores({ live: store, mirror: store });
  return { asked, cubes, ask: (query: Partial<CubeQuery>) => live.aggregate(defined, { ...all, ...query }) };
}

describe("A least group", () => {
  const butOne: Filter = { kind: "compare", field: "stayId", operator: "ne", value: 7 };

  test("lets nobody ask by the key, which tells one fact from all others", async () => {
    const { asked, ask } = openStays(5);
    const refused = { code: "FORBIDDEN" };
    await expect(ask({ where: butOne })).rejects.toMatchObject(refused);
    await expect(ask({ where: { kind: "and", filters: [butOne] } })).rejects.toMatchObject(refused);
    await expect(ask({ sets: [["stayId"]] })).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
    const open = openStays(1);
    await open.ask({ where: butOne });
    expect(open.asked).toMatchObject([{ where: butOne }]);
  });

  test("counts of the facts those only of which its people are counted", async () => {
    const sales = shop.domains.flatMap(({ models }) => models).find(({ name }) => name === "sales");
    if (!sales || !isCube(sales)) throw new Error("The shop has its sales.");
    const countedFor = async (role: string, claims: Readonly<Record<string, unknown>>) => {
      const guard = createGuard(projectForRole(shop, role), { name: "one", role, claims, expiresAt: null });
      const { store, cubes } = recorded();
      await guard
        .stores({ live: store, mirror: store })
        .live.aggregate(sales, { ...all, measures: ["facts"] });
      return cubes;
    };
    const of = (where: unknown) => [{ cube: { measures: { facts: { kind: "count", where } } } }];
    expect(await countedFor("analyst", {})).toMatchObject(of({ status: { ne: "cancelled" } }));
    expect(await countedFor("customer", { customer_id: 1 })).toMatchObject(of(undefined));
  });
});
