import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLType,
  getNamedType,
  introspectionFromSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { createSchema } from "../../../src/graphql/schema.ts";
import { sharedNames } from "../../../src/graphql/shared-words.ts";
import { int, link, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProject } from "../../../src/models/project.ts";
import shop from "../../../vitrine.config.ts";
import { parcel, post } from "./shop.ts";

const projectOf = (...models: readonly ReturnType<typeof defineModel>[]) =>
  defineProject({ sql: "sql", domains: [{ name: "a", description: "A.", models, captured: [] }] });

/** Types whose members are named as the fields of the type that their description names. */
const namedAsOthers = /(Where|OrderBy|Dimension|Share|RunningTotal|Previous)$/;

/** A field or an argument. */
type Described = Pick<GraphQLArgument, "name" | "description"> & { readonly type: GraphQLType };

interface Member {
  readonly place: string;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly type?: GraphQLNamedType;
}

function membersOf(type: GraphQLNamedType): readonly Member[] {
  if (isEnumType(type))
    return type
      .getValues()
      .map(({ name, description }) => ({ place: `${type.name}.${name}`, name, description }));
  if (!isObjectType(type) && !isInputObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field): readonly Member[] => {
    const toMember = ({ name, description, type: own }: Described, place: string): Member => ({
      ...{ place, name, description, type: getNamedType(own) },
    });
    const place = `${type.name}.${field.name}`;
    const args: readonly Described[] = "args" in field ? field.args : [];
    return [toMember(field, place), ...args.map((arg) => toMember(arg, `${place}(${arg.name})`))];
  });
}

const membersByName = (
  type: unknown,
): Readonly<Record<string, { readonly deprecationReason?: string | null | undefined }>> =>
  isObjectType(type) || isInputObjectType(type) ? type.getFields() : {};

/** Every text within a definition: what its author wrote, or what was completed from it. */
const textsOf = (definition: unknown): readonly string[] =>
  typeof definition === "string"
    ? [definition]
    : typeof definition === "object" && definition !== null
      ? Object.values(definition).flatMap(textsOf)
      : [];

describe("The schema of a project", () => {
  const schema = createSchema(post);

  test("says what every type, field, argument and value is, itself or where its name is explained", () => {
    for (const project of [post, shop]) {
      const types = Object.values(createSchema(project).getTypeMap()).filter(
        ({ name }) => !name.startsWith("__"),
      );
      const explained = types.find(({ name }) => name === "Query")?.description ?? "";
      expect([...sharedNames].filter((name) => !explained.includes(`- \`${name}\`: `))).toEqual([]);
      expect(types.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
      const missing = types
        .filter(({ name }) => !namedAsOthers.test(name))
        .flatMap(membersOf)
        .filter(({ name, description, type }) => {
          const hasOwn = description || sharedNames.has(name);
          return !hasOwn && !(type && !isScalarType(type) && type.description);
        });
      expect(missing.map(({ place }) => place)).toEqual([]);
    }
  });

  test("says each thing once: no text of the engine stands at two places", () => {
    const schema = createSchema(shop);
    const ofModels = new Set(
      shop.domains.flatMap(({ models, procedures = [] }) => [...textsOf(models), ...textsOf(procedures)]),
    );
    const places = new Map<string, string[]>();
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__")) continue;
      for (const { place, description } of [
        { place: type.name, description: type.description },
        ...membersOf(type),
      ])
        if (description) places.set(description, [...(places.get(description) ?? []), place]);
    }
    // What the engine adds to an author's sentence stands behind it.
    const isOfModels = (text: string) => [...ofModels].some((one) => one !== "" && text.startsWith(one));
    expect([...places].filter(([text, all]) => all.length > 1 && !isOfModels(text))).toEqual([]);
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

  test("keeps former names of fields, filters, orders and dimensions, deprecated", () => {
    const schema = createSchema(shop);
    const reasonOf = (typeName: string, member: string): unknown => {
      const type = schema.getType(typeName);
      const found = isEnumType(type) ? type.getValue(member) : membersByName(type)[member];
      if (!found) throw new Error(`${typeName} has no ${member}.`);
      return found.deprecationReason;
    };
    expect({
      field: reasonOf("OrderDetails", "placed"),
      nested: reasonOf("CustomerOrder", "shipped"),
      filter: reasonOf("OrderDetailsWhere", "placed"),
      order: reasonOf("OrderDetailsOrderBy", "PLACED_DESC"),
      key: reasonOf("SalesRow", "orderedOnMonth"),
      dimension: reasonOf("SalesDimension", "ORDERED_ON_WEEKDAY"),
      root: reasonOf("Query", "productPriceHistoryHistory"),
    }).toEqual({
      field: "Renamed: placedAt.",
      nested: "Renamed: shippedAt.",
      filter: "Renamed: placedAt.",
      order: "Renamed: PLACED_AT_DESC.",
      key: "Renamed: placedOnMonth.",
      dimension: "Renamed: PLACED_ON_WEEKDAY.",
      root: "Renamed: productPriceHistoryVersions.",
    });
    expect(reasonOf("OrderDetails", "placedAt")).toBeUndefined();
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
