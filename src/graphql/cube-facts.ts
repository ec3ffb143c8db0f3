import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Filter } from "../stores/document-store.ts";
import { toGroupFilters } from "../stores/group-filter.ts";
import type { Builder } from "./builder.ts";
import { createConnectionType, documentPlaces } from "./connection-types.ts";
import type { Surroundings } from "./cube-fields.ts";
import type { RowFields } from "./cube-row-types.ts";
import { costing, STATEMENT_COST } from "./field-cost.ts";
import { rootOf } from "./links.ts";
import { createConnection, readPageArguments, readPageSize } from "./paging.ts";
import { selectedFields } from "./selected-fields.ts";

/** The facts of a cube as documents of a type of their own. */
export function toFacts({ cube: _groups, ...facts }: CubeModel): DocumentModel {
  const { typeName } = facts;
  return { ...facts, typeName: namesOfCube(typeName).types.fact, description: `A fact of ${typeName}.` };
}

/** The field of a row that leads to its facts, in pages. */
export const factsField = (builder: Builder, cube: CubeModel, around: Surroundings) => {
  const facts = toFacts(cube);
  const connection = createConnectionType(builder, facts, around.documentType(facts), around.pageInfo);
  return (t: RowFields) => ({
    facts: t.field({
      type: connection,
      args: { first: t.arg.int(), after: t.arg.string() },
      extensions: costing({ rows: (given) => readPageSize(given).limit, own: () => STATEMENT_COST }),
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
