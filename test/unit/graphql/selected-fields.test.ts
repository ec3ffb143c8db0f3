import { buildSchema, execute, type GraphQLObjectType, type GraphQLResolveInfo, parse } from "graphql";
import { expect, test } from "vitest";
import { selectedFields } from "../../../src/graphql/selected-fields.ts";
import { int, link, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const letter = defineModel({
  name: "letter",
  typeName: "Letter",
  description: "A letter.",
  key: "letterId",
  fields: {
    letterId: int("Number."),
    sender: object("Sender", "Who wrote it.", { personId: int("Number."), name: string("Name.") }),
    subject: string("What it is about.", { filter: true, formerly: "topic" }),
    pages: list("Pages.", object("Page", "A page.", { text: string("Text.") })),
    writer: link("person", { key: "sender.personId" }),
    answers: link("letter", { key: "letterId" }),
  },
});

const schema = buildSchema(`
  type Sender { personId: Int name: String }
  type Page { text: String }
  type Person { name: String subject: String }
  type Letter { letterId: Int sender: Sender subject: String topic: String pages: [Page] writer: Person answers: Letter }
  type Edge { node: Letter cursor: String }
  type Letters { nodes: [Letter] edges: [Edge] totalCount: Int }
  type Query { letter: Letter letters: Letters }
`);

/** What the executor tells the resolver of the operation's only root field. */
function infoOf(operation: string): GraphQLResolveInfo {
  let info: GraphQLResolveInfo | undefined;
  const root = schema.getType("Query") as GraphQLObjectType; // it is one
  for (const field of Object.values(root.getFields()))
    field.resolve = (_root, _args, _context, given) => {
      info = given;
      return null;
    };
  execute({ schema, document: parse(operation), variableValues: { yes: true } });
  if (!info) throw new Error("No root field was resolved.");
  return info;
}

test.each([
  ["the key always", "{ letter { __typename } }", []],
  [
    "what is selected, in the order of the model",
    "{ letter { pages { text } subject } }",
    ["subject", "pages"],
  ],
  ["what is selected under another name", "{ letter { letterId: subject } }", ["subject"]],
  ["what is selected by the name that it had", "{ letter { topic } }", ["subject"]],
  ["the object that holds the id of a link", "{ letter { writer { subject } } }", ["sender"]],
  ["the key that is the id of a link", "{ letter { answers { pages { text } } } }", []],
  [
    "what fragments select",
    "query($yes: Boolean!) { letter { ...A ... on Letter { ... { pages { text } } } } letter { subject @skip(if: $yes) } } fragment A on Letter { writer { name } }",
    ["sender", "subject", "pages"],
  ],
])("of a document %s", (_what, operation, fields) => {
  expect(selectedFields(infoOf(operation), letter)).toEqual(["letterId", ...fields]);
});

test("of a page what is selected at any of its places", () => {
  const places = [["nodes"], ["edges", "node"]];
  const of = (operation: string) => selectedFields(infoOf(operation), letter, places);
  expect(of("{ letters { totalCount edges { cursor } } }")).toEqual(["letterId"]);
  expect(
    of(
      "{ letters { nodes { subject } ...A } } fragment A on Letters { edges { ...B } } fragment B on Edge { node { sender { name } } }",
    ),
  ).toEqual(["letterId", "sender", "subject"]);
});
