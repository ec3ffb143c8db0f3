import { expect, test } from "vitest";
import { count, countDistinct, defineCube } from "../../../src/models/cube.ts";
import { int, string } from "../../../src/models/field.ts";
import { toCubeSql } from "../../../src/stores/mariadb/live-cube.ts";

const cube = defineCube({
  name: "cup",
  typeName: "Cup",
  description: "Cups.",
  key: "cupId",
  fields: {
    cupId: int("Number."),
    tea: string("Tea.", { filter: true }),
    size: int("Size.", { filter: true }),
    guest: int("Guest.", { filter: true }),
  },
  dimensions: ["tea", "size"],
  measures: { cups: count("Cups."), guests: countDistinct("guest", "Guests.") },
});

test("the filter of a cube is bound once, however many grouping sets there are", () => {
  const values = Array.from({ length: 500 }, (_, n) => `tea ${n}`);
  const where = { kind: "in", field: "tea", negated: false, values } as const;
  const statement = (sets: readonly (readonly string[])[]) =>
    toCubeSql(
      { model: cube, odd: new Map() },
      {
        sets,
        measures: ["cups", "guests"],
        where,
        having: null,
        orderBy: [],
        limit: 10,
        withTies: false,
      },
    );
  const plain = statement([["tea"]]);
  const many = statement(Array.from({ length: 64 }, (_, n) => (n % 2 ? ["tea"] : ["tea", "size"])));
  expect(plain.values).toHaveLength(500);
  expect(many.values).toHaveLength(500);
  // What a set adds is a row of flags.
  expect(many.sql.length).toBeLessThan(plain.sql.length + 64 * 100);
  expect(many.sql.match(/from `cup`/g)).toHaveLength(1);
});
