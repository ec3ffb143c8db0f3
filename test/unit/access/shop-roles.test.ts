import { type GraphQLSchema, isEnumType, printSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { projectForRole, rolesOf } from "../../../src/access/project-for-role.ts";
import { keepFitting, readProjectExamples } from "../../../src/graphql/examples.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { sharedNames } from "../../../src/graphql/shared-words.ts";
import { isCube } from "../../../src/models/cube.ts";
import type { Fields } from "../../../src/models/field.ts";
import { isPersonal } from "../../../src/models/shown-fields.ts";
import project from "../../../vitrine.config.ts";

const shown = new Map(rolesOf(project).map((role) => [role, projectForRole(project, role)]));
const roleOf = (role: string) => shown.get(role) ?? projectForRole(project, role);
const schemas = new Map([...shown].map(([role, made]) => [role, createSchema(made.project)]));
const schemaOf = (role: string): GraphQLSchema => schemas.get(role) ?? createSchema(roleOf(role).project);
const fieldsOf = (role: string, type: string): readonly string[] => {
  const found = schemaOf(role).getType(type);
  return found && "getFields" in found ? Object.keys(found.getFields()) : [];
};

const shopModels = new Set(
  project.domains.find(({ name }) => name === "pos")?.models.map(({ name }) => name),
);

/** Dotted, at any depth; what is in a personal object or list is covered by that. */
const personalPaths = (fields: Fields, path = ""): readonly string[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    if (isPersonal(field)) return [path + name];
    const inner = field.kind === "list" ? field.item : field;
    return inner.kind === "object" ? personalPaths(inner.fields, `${path}${name}.`) : [];
  });

/** Every stored field, at any depth. */
const allFields = (fields: Fields): readonly (readonly [string, Fields[string]])[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    const inner = field.kind === "list" ? field.item : field;
    return [[name, field], ...(inner.kind === "object" ? allFields(inner.fields) : [])];
  });

test("The domains have the roles that their documentation promises", () => {
  expect(rolesOf(project)).toEqual(["customer", "support", "analyst", "admin"]);
});

test("admin has all that there is", () => {
  expect(printSchema(schemaOf("admin"))).toBe(printSchema(createSchema(project)));
});

describe("customer", () => {
  test("has a rule on everything that tells of customers, and records sales for itself", () => {
    const { rights, procedures } = roleOf("customer");
    for (const [name, { where, shown: model }] of rights) {
      const tells = allFields(model.fields).some(([field, of]) => field === "customerId" || isPersonal(of));
      expect(where !== null, name).toBe(tells || name.startsWith("sales"));
    }
    expect([...procedures.keys()]).toEqual(["record_sale"]);
    const sale = schemaOf("customer").getMutationType()?.getFields().recordSale;
    expect(sale?.args.map(({ name }) => name)).toEqual(["lines"]);
  });

  test("cannot ask for the past, the stock or other customers", () => {
    expect(fieldsOf("customer", "Product")).toEqual(["id", "productId", "name", "currentPrice"]);
    expect(fieldsOf("customer", "SalesRow")).not.toContain("customers");
    expect(printSchema(schemaOf("customer"))).not.toMatch(
      /asOf: DateTime(?!!)|\w+History|StateSales|LoggedRun/,
    );
  });
});

describe("analyst", () => {
  test("has no personal field, of whatever depth, and no key of a person to group by", () => {
    for (const [name, { shown: model }] of roleOf("analyst").rights)
      for (const [field, of] of allFields(model.fields))
        expect(isPersonal(of), `${name}.${field}`).toBe(false);
    for (const type of Object.values(schemaOf("analyst").getTypeMap()))
      if (isEnumType(type) && /Dimension$/.test(type.name))
        for (const { name } of type.getValues())
          expect(name).not.toMatch(/^(CUSTOMER|STAFF|SALES_STAFF|ZIP)/);
  });

  test("has no group of fewer than five in the cubes that are about people, and none of their facts", () => {
    const counted = [...roleOf("analyst").rights.values()].filter(
      ({ model }) => isCube(model) && model.cube.people !== undefined,
    );
    expect(counted.map(({ model }) => model.name)).toEqual(["sales", "sale"]);
    for (const { leastGroup, facts } of counted) expect([leastGroup, facts]).toEqual([5, false]);
  });

  test("has nothing of the shop that adds up what was bought, but what counts those who bought", () => {
    const own = [...roleOf("analyst").rights.keys()].filter((name) => shopModels.has(name));
    expect(own).toEqual(["products", "product_price_history", "sales"]);
    expect(fieldsOf("analyst", "SalesRow")).toContain("revenue");
    expect(fieldsOf("analyst", "SalesRow").filter((name) => name.startsWith("booked"))).toEqual([]);
  });

  test("calls nothing", () => expect(schemaOf("analyst").getMutationType()).toBeUndefined());
});

test("No role that sees a personal field masked sees such a field as it is beside it, as links lead there", () => {
  for (const [role, { rights }] of shown) {
    const all = [...rights.values()];
    if (all.every(({ masks }) => masks.length === 0)) continue;
    for (const { shown: model, masks } of all) {
      const masked = new Set(masks.map(({ path }) => path.join(".")));
      const open = personalPaths(model.fields).filter((path) => !masked.has(path));
      expect(open, `${role}, ${model.name}`).toEqual([]);
    }
  }
});

describe("support", () => {
  test("sees of the ways to reach a customer their ends only", () => {
    const masked = roleOf("support")
      .rights.get("customers")
      ?.masks.map(({ path }) => path.join("."));
    expect(masked).toEqual(expect.arrayContaining(["email", "phone", "address1"]));
    expect(fieldsOf("support", "CustomerWhere")).not.toContain("lastName");
  });

  test("has the past of orders", () => expect(fieldsOf("support", "Query")).toContain("orderDetailsHistory"));
});

test("No text of an author names in a role's schema what is hidden from it", () => {
  const namesOf = (schema: GraphQLSchema) =>
    new Set(
      Object.values(schema.getTypeMap()).flatMap((type) => [
        type.name,
        ...("getFields" in type ? Object.keys(type.getFields()) : []),
      ]),
    );
  const all = namesOf(createSchema(project));
  for (const [role, schema] of schemas) {
    const own = namesOf(schema);
    const told = [...printSchema(schema).matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
    const hidden = told.filter((name) => all.has(name) && !own.has(name) && !sharedNames.has(name));
    expect([...new Set(hidden)], role).toEqual([]);
  }
});

test("Each role is offered examples of its own, and none that it cannot run", async () => {
  const examples = await readProjectExamples(project, ".");
  const offered = [...schemas].map(([role, schema]) => [role, keepFitting(examples, schema).length] as const);
  expect(offered.find(([role]) => role === "admin")?.[1]).toBe(examples.length);
  for (const [role, count] of offered) expect(count, role).toBeGreaterThan(3);
  expect(offered.find(([role]) => role === "customer")?.[1]).toBeLessThan(examples.length / 2);
});
