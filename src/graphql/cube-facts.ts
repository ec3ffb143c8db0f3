import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Filter } from "../stores/document-store.ts";
import { toGroupFilters } from "../stores/group-filter.ts";
import type { Builder } from "./builder.ts";
import { createConnectionType, documentPlaces } from "./connection-types.ts";
import type { Surroundings } from "./cube-fields.ts";
import type { RowFields } from "./cube-row-types.ts";
import { costing } from "./field-cost.ts";
import { rootOf } from "./links.ts";
import { createConnection, MAX_PAGE, readPageArguments, readPageSize } from "./paging.ts";
import { selectedFields } from "./selected-fields.ts";

/** What looking for the facts of one row weighs, in fields: a statement of its own. */
const FACTS_COST = 50;

/** The facts of a cube as documents of a type of their own. */
export function toFacts({ cube: _groups, ...facts }: CubeModel): DocumentModel {
  return { ...facts, typeName: namesOfCube(facts.typeName).types.fact };
}

/** The field of a row that leads to its facts, in pages. */
export const factsField = (builder: Builder, cube: CubeModel, around: Surroundings) => {
  const facts = toFacts(cube);
  const connection = createConnectionType(builder, facts, around.documentType(facts), around.pageInfo);
  return (t: RowFields) => ({
    facts: t.field({
      type: connection,
      description:
        "The facts that the row is of, in pages, by their keys: those that `where` leaves, whether or not a measure counts them.",
      args: {
        first: t.arg.int({ description: `The first so many; 20 unless told, at most ${MAX_PAGE}.` }),
        after: t.arg.string({ description: "Only facts after this cursor." }),
      },
      extensions: costing({ rows: (given) => readPageSize(given).limit, own: () => FACTS_COST }),
      resolve: (row, args, context, info) => {
        const { where, asOf } = row.question;
        const filters: readonly Filter[] = [...(where ? [where] : []), ...toGroupFilters(cube, row)];
        const page = {
          ...readPageArguments(cube, { ...args, asOf }),
          where: { kind: "and", filters } as const,
        };
        const plan = context.reads.planOf(rootOf(info));
        return createConnection(plan, cube, page, selectedFields(info, cube, documentPlaces));
      },
    }),
  });
};
