import type { GraphQLObjectType } from "graphql";
import { describe, expect, test } from "vitest";
import { createSchema } from "../../../src/graphql/schema.ts";
import { engineQueries, engineTypes } from "../../../src/models/engine-names.ts";
import { enumeration, int, list, object } from "../../../src/models/field.ts";
import { listNames } from "../../../src/models/list-names.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import type { Project } from "../../../src/models/project.ts";
import repository from "../../../vitrine.config.ts";
import { parcel, person, post } from "../graphql/shop.ts";
import { cubeOf, domainOf, procedureOf, projectOf } from "./definitions.ts";

const everything = projectOf(
  domainOf("post", {
    models: [parcel, person, cubeOf("weights", "Weights")],
    procedures: [
      procedureOf("find_parcels", "query"),
      defineProcedure({
        name: "send_parcels",
        description: "Sends them.",
        kind: "mutation",
        arguments: {
          parcels: list("Which.", object("Sending", "One.", { parcelId: int("Number.") })),
          speed: enumeration("Speed", "How fast.", { fast: "Fast.", slow: "Slow." }),
        },
        result: { sent: int("How many.") },
      }),
    ],
  }),
);

describe.each([
  ["this repository", repository],
  ["documents only", post],
  ["every kind of definition", everything],
])("The schema of %s", (_what, project: Project) => {
  const schema = createSchema(project);
  const names = project.domains.flatMap(listNames);
  const ownersOf = (space: string, name: string) =>
    new Set(
      names.filter((one) => one.space === space && one.name === name).map((one) => one.meaning ?? one.owner),
    );

  test("has no type that belongs to nobody, or to two", () => {
    const types = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith("__"));
    const owners = types.map((name) => [
      name,
      ownersOf("GraphQL type", name).size + (engineTypes.includes(name) ? 1 : 0),
    ]);
    expect(owners.filter(([, count]) => count !== 1)).toEqual([]);
  });

  test("has no root field that belongs to nobody, or to two", () => {
    const roots = [
      ["query field", schema.getQueryType()],
      ["mutation field", schema.getMutationType()],
      ["subscription field", schema.getSubscriptionType()],
    ] as const satisfies readonly (readonly [string, GraphQLObjectType | null | undefined])[];
    const owners = roots.flatMap(([space, root]) =>
      Object.keys(root?.getFields() ?? {}).map((name) => [
        `${space} ${name}`,
        ownersOf(space, name).size + (space === "query field" && engineQueries.includes(name) ? 1 : 0),
      ]),
    );
    expect(owners.filter(([, count]) => count !== 1)).toEqual([]);
  });

  test("has every root field and every type of a model and a procedure that is listed", () => {
    const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
      (root) => Object.keys(root?.getFields() ?? {}),
    );
    const known = new Set([...Object.keys(schema.getTypeMap()), ...fields]);
    const derived = names.filter(
      ({ space, meaning }) => meaning === undefined && (space === "GraphQL type" || space.endsWith(" field")),
    );
    expect(derived.filter(({ name }) => !known.has(name))).toEqual([]);
  });
});
