import {
  type GraphQLObjectType,
  introspectionFromSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { createSchema } from "../../../src/graphql/schema.ts";
import { int, link, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProject } from "../../../src/models/project.ts";
import { parcel, post } from "./shop.ts";

const projectOf = (...models: readonly ReturnType<typeof defineModel>[]) =>
  defineProject({ sql: "sql", domains: [{ name: "a", description: "A.", models, captured: [] }] });

describe("The schema of a project", () => {
  const schema = createSchema(post);

  test("describes every type, field, argument and value", () => {
    const missing: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__")) continue;
      if (!type.description) missing.push(type.name);
      if (isEnumType(type))
        for (const value of type.getValues())
          if (!value.description) missing.push(`${type.name}.${value.name}`);
      if (!isObjectType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!field.description) missing.push(`${type.name}.${field.name}`);
        for (const arg of "args" in field ? field.args : [])
          if (!arg.description) missing.push(`${type.name}.${field.name}(${arg.name})`);
      }
    }
    expect(missing).toEqual([]);
  });

  test("says of its directives what the specification says, so that every client can read it", () => {
    const known = Object.fromEntries(
      introspectionFromSchema(schema).__schema.directives.map(({ name, locations }) => [name, locations]),
    );
    expect(known.deprecated).toEqual([
      "FIELD_DEFINITION",
      "ARGUMENT_DEFINITION",
      "INPUT_FIELD_DEFINITION",
      "ENUM_VALUE",
    ]);
    expect(known.skip).toEqual(["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"]);
    expect(known.include).toEqual(known.skip);
    expect(known.specifiedBy).toEqual(["SCALAR"]);
  });

  test("has exact scalars, nullability, links and deprecations as the model says", () => {
    const type = schema.getType("Parcel") as GraphQLObjectType;
    const types = Object.fromEntries(
      Object.entries(type.getFields()).map(([name, f]) => [name, String(f.type)]),
    );
    expect(types).toEqual({
      id: "ID!",
      parcelId: "Int!",
      town: "String!",
      price: "Decimal",
      code: "BigInt!",
      sentOn: "Date",
      fate: "ParcelFate",
      seenAt: "DateTime",
      weight: "Decimal!",
      items: "[ParcelItem!]!",
      owner: "ParcelOwner!",
      person: "Person",
    });
    expect(type.getFields().weight?.deprecationReason).toBe("Use items.");
  });

  test("filters and orders by filterable fields and the key only", () => {
    expect(schema.getType("ParcelWhere")?.toConfig()).toHaveProperty("fields.parcelId");
    expect(schema.getType("ParcelWhere")?.toConfig()).not.toHaveProperty("fields.weight");
    expect(schema.getType("ParcelOrderBy")?.toConfig()).toHaveProperty("values.SENT_ON_DESC");
  });

  test("says of each scalar of ours where its texts are specified", () => {
    const own = Object.values(schema.getTypeMap())
      .filter(isScalarType)
      .filter((type) => !isSpecifiedScalarType(type));
    expect(own.map(({ name }) => name).sort()).toEqual(["BigInt", "Date", "DateTime", "Decimal"]);
    for (const { specifiedByURL } of own) expect(URL.canParse(specifiedByURL ?? "")).toBe(true);
  });

  test("refuses a model with a field of the name that every document has", () => {
    const fields = { id: int("Id."), code: string("Code.") };
    const own = defineModel({ name: "thing", typeName: "Thing", description: "A thing.", key: "id", fields });
    expect(() => createSchema(projectOf(own))).toThrow(/Model thing: .* its column: "thingId"\./);
  });

  test("refuses a link to nowhere and one type name with two shapes", () => {
    const lost = defineModel({
      name: "lost",
      typeName: "Lost",
      description: "Lost.",
      key: "id",
      fields: { id: int("Id."), other: link("nowhere", { key: "id" }) },
    });
    expect(() => createSchema(projectOf(lost))).toThrow(/leads to nowhere/);
    const twin = defineModel({
      name: "twin",
      typeName: "Twin",
      description: "Twin.",
      key: "id",
      fields: { id: int("Id."), owner: object("ParcelOwner", "Another.", { nick: string("Nick.") }) },
    });
    expect(() => createSchema(projectOf(parcel, twin))).toThrow(/both make the GraphQL type ParcelOwner\./);
  });
});
