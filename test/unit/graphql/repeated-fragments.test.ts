import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getOperationAST,
  parse,
} from "graphql";
import { expect, test } from "vitest";
import type { Pace } from "../../../src/graphql/answer-pace.ts";
import { compileSelection, type Fragments, fragmentsOf } from "../../../src/graphql/compile-selection.ts";
import { readSelection } from "../../../src/graphql/cube-selection.ts";
import { readCost } from "../../../src/graphql/field-cost.ts";
import { collectFields } from "../../../src/graphql/files/collect-fields.ts";
import { selectedFields } from "../../../src/graphql/selected-fields.ts";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

/** Each names the next one ten times: whoever follows every spread meets the last one a thousand times. */
const LEVELS = 3;
const SPREADS = 10;
const fragments = Array.from(
  { length: LEVELS },
  (_, level) => `fragment f${level} on Row { ${`...f${level + 1} `.repeat(SPREADS)} }`,
);
const textOf = (last: string) =>
  `{ rows { ...f0 ...f0 } } ${fragments.join(" ")} fragment f${LEVELS} on Row { ${last} }`;

const row = defineModel({
  name: "row",
  typeName: "Row",
  description: "A row.",
  key: "rowId",
  fields: { rowId: int("Number."), units: int("Units.") },
});
const schema = buildSchema("type Row { rowId: Int units: Int } type Query { rows: Row }");
const rowType = schema.getType("Row") as GraphQLObjectType; // it is one

/** What a resolver of `rows` is told, with fragments that note when they are looked up. */
function open(last: string): {
  readonly info: GraphQLResolveInfo;
  readonly document: DocumentNode;
  readonly met: string[];
} {
  const met: string[] = [];
  const document = parse(textOf(last));
  let info: GraphQLResolveInfo | undefined;
  const root = schema.getQueryType()?.getFields().rows;
  if (root)
    root.resolve = (_root, _args, _context, given) => {
      info = given;
      return null;
    };
  execute({ schema, document });
  if (!info) throw new Error("rows was not resolved.");
  return { info: { ...info, fragments: noting(info.fragments, met) }, document, met };
}

const noting = <T extends Fragments>(known: T, met: string[]): T =>
  new Proxy(known, {
    get(all, name) {
      met.push(String(name));
      return Reflect.get(all, name);
    },
  });

const pace: Pace = {
  count: () => undefined,
  spread: (list) => list,
  failure: () => undefined,
  restart: () => undefined,
};

const setsOf = ({ fieldNodes }: GraphQLResolveInfo) =>
  fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);

const walks: Readonly<Record<string, (opened: ReturnType<typeof open>) => void>> = {
  "fields of documents": ({ info }) =>
    expect(selectedFields(info, row, [[], ["nodes"]])).toEqual(["rowId", "units"]),
  "fields of groups": ({ info }) => expect([...readSelection(info, null).names]).toEqual(["rowId"]),
  "columns of files": ({ info }) =>
    expect([...collectFields(setsOf(info), { fragments: info.fragments, variables: {} }).keys()]).toEqual([
      "rowId",
    ]),
  "what is stored": ({ info }) =>
    expect(compileSelection(rowType, setsOf(info), info.fragments)?.({}, pace)).toEqual({
      __typename: "Row",
    }),
  cost: ({ document, met }) => {
    const operation = getOperationAST(document);
    if (!operation) throw new Error("There is an operation.");
    const known = new Map(Object.entries(fragmentsOf(document)));
    const get = known.get.bind(known);
    known.get = (name) => {
      met.push(name);
      return get(name);
    };
    readCost({ schema }, operation, known, {});
  },
};

test.each(Object.entries(walks))("%s: no fragment is followed again and again", (what, walk) => {
  const opened = open(what === "what is stored" ? "__typename" : "units @skip(if: true) rowId");
  walk(opened);
  expect(opened.met.length).toBeGreaterThan(0);
  // Once for each place that documents may be at.
  expect(opened.met.length).toBeLessThanOrEqual(2 * (LEVELS + 1));
});
