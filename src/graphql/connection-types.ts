import { VitrineError } from "../errors.ts";
import { namesOfDocument } from "../models/derived-names.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import type { Builder } from "./builder.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { costing } from "./field-cost.ts";
import type { Connection, PageItem } from "./paging.ts";

/** Where a connection has its documents. */
export const documentPlaces = [["nodes"], ["edges", "node"]] as const;

/** What a count over a whole model weighs, in fields. */
const COUNT_COST = 99;

/** The type `PageInfo`, which all connections share. */
export const createPageInfo = (builder: Builder) =>
  builder.objectRef<Connection>("PageInfo").implement({
    description: "Where a page stands among all documents that fit.",
    fields: (t) => ({
      hasNextPage: t.boolean({
        description: "There are documents after this page.",
        resolve: (c) => c.hasNextPage(),
      }),
      hasPreviousPage: t.boolean({
        description: "There are documents before this page.",
        resolve: (c) => c.hasPreviousPage(),
      }),
      startCursor: t.string({
        nullable: true,
        description: "Cursor of the first document; null on an empty page.",
        resolve: async (c) => cursorAt(c, 0),
      }),
      endCursor: t.string({
        nullable: true,
        description: "Cursor of the last document; null on an empty page.",
        resolve: async (c) => cursorAt(c, -1),
      }),
    }),
  });

async function cursorAt(connection: Connection, index: number): Promise<string | null> {
  return (await connection.items()).at(index)?.cursor ?? null;
}

/** The connection of a model's documents, with its edges. */
export function createConnectionType(
  builder: Builder,
  model: DocumentModel,
  type: ReturnType<ReturnType<typeof createDocumentTypes>>,
  pageInfo: ReturnType<typeof createPageInfo>,
) {
  const edge = builder.objectRef<PageItem>(namesOfDocument(model.typeName).types.edge).implement({
    description: `One of ${model.typeName}Connection.`,
    fields: (t) => ({
      node: t.field({
        type,
        nullable: true,
        resolve: ({ node }) => {
          if (node instanceof VitrineError) throw node;
          return node;
        },
      }),
      cursor: t.exposeString("cursor"),
    }),
  });
  return builder.objectRef<Connection>(namesOfDocument(model.typeName).types.connection).implement({
    description: `A page of ${model.typeName}.`,
    fields: (t) => ({
      nodes: t.field({
        type: [type],
        nullable: { list: false, items: true },
        // GraphQL answers null for an item that is an error, and reports it with its path.
        resolve: async (c) => (await c.items()).map(({ node }) => node as Document),
      }),
      edges: t.field({
        type: [edge],
        resolve: async (c) => [...(await c.items())],
      }),
      pageInfo: t.field({ type: pageInfo, resolve: (c) => c }),
      totalCount: t.int({
        extensions: costing({ own: () => COUNT_COST, isOfPage: true }),
        resolve: (c) => c.totalCount(),
      }),
    }),
  });
}
