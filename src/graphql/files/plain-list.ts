import type { FieldNode, GraphQLField, GraphQLObjectType } from "graphql";
import type { Document } from "../../models/model.ts";
import type { Pace } from "../answer-pace.ts";
import { compileSelection } from "../compile-selection.ts";
import { countConditions } from "../field-cost.ts";
import { toFilter } from "../filters.ts";
import { refuseMissingVariables } from "../missing-variables.ts";
import type { PageArguments } from "../paging.ts";
import { readDemand } from "../read-arguments.ts";
import { selectedFields } from "../selected-fields.ts";
import { type Surroundings, selectionsOf } from "./collect-fields.ts";
import { modelOfPages } from "./field-extensions.ts";
import type { Row } from "./flatten-rows.ts";
import type { AskedDocuments } from "./stream-model.ts";

/** It is sent as it is made: what is counted of an answer are its rows. */
const unpaced: Pace = {
  count: () => undefined,
  spread: (list) => list,
  failure: () => undefined,
  restart: () => undefined,
};

/** A list that can be read without pages, and what is shown of its documents. */
export interface PlainList {
  readonly asked: (afterWriteHeader: string | undefined) => AskedDocuments;
  show(document: Document): Row | Promise<Row>;
}

/**
 * Whether a list is nothing but stored fields of a model's documents, in key order from the first: then they are read as
 * an export reads them, in one snapshot. Undefined: it needs pages.
 */
export function findPlain(
  field: GraphQLField<unknown, unknown>,
  args: Readonly<Record<string, unknown>>,
  list: {
    readonly nodes: readonly FieldNode[];
    readonly rootNodes: readonly FieldNode[];
    readonly item: GraphQLObjectType;
  },
  { fragments, variables }: Surroundings,
): PlainList | undefined {
  const model = modelOfPages(field.extensions);
  const page = args as PageArguments; // the arguments of the field that pagesOf marks
  if (!model || list.nodes.some(({ name }) => name.value !== "nodes")) return undefined;
  const given = (value: unknown) => value !== undefined && value !== null;
  if (given(page.after) || given(page.before) || given(page.last)) return undefined;
  if (given(page.first) && Number(page.first) < 0) return undefined;
  const order = page.orderBy ?? [];
  if (order.length > 0 && order[0] !== `${model.key} asc`) return undefined;
  const sets = selectionsOf(list.nodes).flatMap((set) => set ?? []);
  const complete = compileSelection(list.item, sets, fragments);
  if (!complete) return undefined;
  return {
    asked(afterWriteHeader) {
      refuseMissingVariables({ fieldNodes: list.rootNodes, variableValues: { ...variables } });
      countConditions(args, ["where"]);
      return {
        model,
        where: toFilter(model, page.where),
        fields: selectedFields({ fieldNodes: list.nodes, fragments: { ...fragments } }, model),
        demand: readDemand(args, { afterWriteHeader }),
      };
    },
    show: (document) => complete(document, unpaced) as ReturnType<PlainList["show"]>, // of an object
  };
}
