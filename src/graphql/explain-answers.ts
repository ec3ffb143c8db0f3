import type { Plugin } from "graphql-yoga";
import type { RequestContext } from "./context.ts";
import { EXPLAIN_HEADER } from "./explain.ts";
import type { RequestState } from "./yoga.ts";

/** A client that sends it with `1` is told what its operation cost, and of how much. */
const COST_HEADER = "x-vitrine-cost";

/** Adds `extensions.explain` and `extensions.cost` to the answers of those who ask for them. */
export function explainAnswers(maxCost: number): Plugin<RequestContext & RequestState> {
  return {
    onExecute({ args: { contextValue } }) {
      const { explainer, exchange, req } = contextValue;
      const asksForCost = req.headers[EXPLAIN_HEADER] !== undefined || req.headers[COST_HEADER] !== undefined;
      if (!asksForCost) return undefined;
      return {
        async onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const explain = await explainer?.explain();
          const ms = Math.round((performance.now() - exchange.startedAt) * 10) / 10;
          const extensions = {
            ...result.extensions,
            cost: { cost: exchange.cost ?? null, limit: maxCost, ms },
            ...(explain && { explain }),
            ...(exchange.explainRefusal !== undefined && { explainRefused: exchange.explainRefusal }),
          };
          setResult({ ...result, extensions });
        },
      };
    },
  };
}
