import { describe, expect, expectTypeOf, test } from "vitest";
import {
  bigint,
  date,
  decimal,
  type Fields,
  int,
  link,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import {
  type DocumentOfModel,
  defineModel,
  type ModelDefinition,
  toColumnName,
  toFieldName,
} from "../../../src/models/model.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";

const base = {
  name: "parcel",
  typeName: "Parcel",
  description: "A parcel.",
  key: "parcelId" as const,
  fields: { parcelId: int("Number.") },
};

describe("a model", () => {
  test("gives each filter field a column, and the key none of its own", () => {
    const model = defineModel({
      ...base,
      fields: {
        parcelId: int("Number.", { filter: true }),
        lifetimeSpend: decimal("Sum.", 2, { filter: true }),
      },
    });
    expect(model.filters).toEqual(["lifetimeSpend"]);
    expect(model.batch).toBe(250);
  });

  test("has the TypeScript type of its documents: nullable, nested, without links", () => {
    const model = defineModel({
      ...base,
      fields: {
        parcelId: int("Number."),
        code: bigint("Code."),
        sentOn: date("Day.", { nullable: true }),
        items: list(
          "Things.",
          object("ParcelItem", "A thing.", { name: string("Name."), owner: int("Owner.") }),
        ),
        other: link("parcel", { key: "parcelId" }),
      },
    });
    expectTypeOf<DocumentOfModel<typeof model>>().toEqualTypeOf<{
      readonly parcelId: number;
      readonly code: string;
      readonly sentOn: string | null;
      readonly items: readonly { readonly name: string; readonly owner: number }[];
    }>();
    expect(model.fields.items.item.typeName).toBe("ParcelItem");
  });

  test.each([
    [{ name: "Parcel" }, /snake_case/],
    [{ typeName: "parcel" }, /PascalCase/],
    [{ batch: 10_001 }, /batch must be 1 to 10000/],
    [{ fields: { parcelId: int("Number."), some_field: int("X.") } }, /"some_field" must be camelCase/],
    [{ fields: { parcelId: decimal("Number.", 2) } }, /key "parcelId" must be an int, bigint or string/],
    [{ fields: { parcelId: int("Number.", { nullable: true }) } }, /cannot be nullable/],
    [
      { fields: { parcelId: int("Number."), o: object("O", "O.", { x: int("X.") }, { filter: true }) } },
      /cannot be a filter/,
    ],
  ])("refuses %j", (change, message) => {
    const definition: ModelDefinition<Fields> = { ...base, ...change };
    expect(() => defineModel(definition)).toThrow(message);
  });
});

describe("a project", () => {
  const project = (...models: ReturnType<typeof defineModel>[]) =>
    defineProject({
      sql: "sql",
      domains: [defineDomain({ name: "post", description: "Parcels.", models, captured: [] })],
    });
  const parcel = defineModel(base);
  const linked = (key: string, target = "parcel") =>
    defineModel({
      ...base,
      name: "person",
      typeName: "Person",
      fields: {
        parcelId: int("Number."),
        label: string("Text."),
        box: object("PersonBox", "A box.", { parcelId: int("Number.") }),
        parcel: link(target, { key }),
      },
    });

  test("takes links through a sibling, or through a field inside a sibling", () => {
    expect(project(parcel, linked("parcelId")).domains).toHaveLength(1);
    expect(project(parcel, linked("box.parcelId")).domains).toHaveLength(1);
  });

  test("refuses a link that leads nowhere, or through a field that is no id", () => {
    expect(() => project(linked("parcelId"))).toThrow(/leads to parcel, which is no model/);
    expect(() => project(parcel, linked("missing"))).toThrow(/needs "missing" beside it: the int/);
    expect(() => project(parcel, linked("label"))).toThrow(/needs "label" beside it/);
    expect(() => project(parcel, linked("box"))).toThrow(/needs "box" beside it/);
  });
});

test("names in SQL and GraphQL are the same words", () => {
  expect(toColumnName("lifetimeSpend")).toBe("lifetime_spend");
  expect(toFieldName("CustomerOrders")).toBe("customerOrders");
});
