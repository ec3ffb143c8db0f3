import { both } from "../access/combine-filters.ts";
import type { Guard } from "../access/guard.ts";
import type { ExplainRule } from "./explain-rule.ts";
import type { LiveCubes } from "./live-cubes.ts";
import type { LiveDocuments } from "./live-documents.ts";
import type { GatewayOptions } from "./yoga.ts";

/** What requests are answered from, as far as a guard stands before it. */
type Guarded = Pick<GatewayOptions, "stores" | "documents" | "liveCubes" | "procedures" | "explain">;

/**
 * What the requests of somebody with a role are answered from. Plans, statements and the texts of views name what is not
 * there for them, so no answer is explained to them.
 */
export function guardAnswering<A extends Guarded>(answering: A, guard: Guard): A & { readonly guard: Guard } {
  const { stores, documents, liveCubes, procedures, explain } = answering;
  return {
    ...answering,
    stores: guard.stores(stores),
    documents: guardDocuments(documents, guard),
    liveCubes: guardCubes(liveCubes, guard),
    procedures: guard.procedures(procedures),
    ...(explain ? { explain: explainNothing } : {}),
    guard,
  };
}

const explainNothing: ExplainRule = {
  refuse: () =>
    "Answers are explained to those who have no role: how they are made names what others may not see.",
  readView: async () => null,
};

/** Documents that somebody may see, as they see them; one that no longer fits their rule is gone. */
const guardDocuments = (documents: LiveDocuments, guard: Guard): LiveDocuments => ({
  follow: (model, { ids, where }) => {
    const rows = guard.rowsOf(model);
    const interest = { ids, where: both(rows, where), show: guard.showOf(model), isGuarded: rows !== null };
    return documents.follow(guard.definitionOf(model), interest);
  },
});

const guardCubes = (cubes: LiveCubes, guard: Guard): LiveCubes => ({
  follow: (question, client) => cubes.follow({ ...question, guard }, client),
});
