import { count, defineCube } from "../../../src/models/cube.ts";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { type Domain, defineProject } from "../../../src/models/project.ts";

export const modelOf = (name: string, typeName: string, more: { readonly exportName?: string } = {}) =>
  defineModel({
    name,
    typeName,
    description: "A thing.",
    key: "thingId",
    fields: { thingId: int("Number.", { filter: true }) },
    ...more,
  });
export const cubeOf = (name: string, typeName: string) =>
  defineCube({
    name,
    typeName,
    description: "Things.",
    key: "thingId",
    fields: { thingId: int("Number."), town: string("Town.", { filter: true }) },
    dimensions: ["town"],
    measures: { howMany: count("How many.") },
  });
export const procedureOf = (name: string, kind: "query" | "mutation" = "mutation") =>
  defineProcedure({ name, description: "Does it.", kind, arguments: {}, result: { done: int("How many.") } });
export const domainOf = (name: string, parts: Partial<Domain> = {}): Domain => ({
  ...{ name, description: "Things.", models: [], captured: [] },
  ...parts,
});
export const projectOf = (...domains: readonly Domain[]) => defineProject({ sql: "sql", domains });
export const withShop = (shop: Partial<Domain>, pos: Partial<Domain>) => () =>
  projectOf(domainOf("shop", shop), domainOf("pos", pos));
