import type { GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Admission, EndWork } from "./admission.ts";
import type { Budget } from "./budget.ts";
import type { RequestContext } from "./context.ts";
import { OPERATION_COST } from "./fair-shares.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import type { RequestState } from "./yoga.ts";

/** What decides about operations before they begin. */
export interface AdmissionOptions {
  /** Default: all begin at once. */
  readonly admission?: Admission | undefined;
  /** Default: nobody is counted. */
  readonly budget?: Budget | undefined;
}

/** Operations begin when they are let in, whatever road they came; what a subscription tells later is not held up. */
export function admitOperations({
  admission,
  budget,
}: AdmissionOptions): Plugin<RequestContext & RequestState> {
  const enter = ({ client, exchange, onEnd }: RequestContext & RequestState) => {
    const work = { client, cost: exchange.cost ?? 0 };
    const admit = () => admission?.enter(work, onEnd);
    return budget ? budget.spend(work.client, OPERATION_COST + work.cost).then(admit) : admit();
  };
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args) => runUntil(enter(args.contextValue), () => executeFn(args)));
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      const follow = async (context: RequestContext & RequestState) => {
        if (budget) context.onEnd(budget.follow(context.client));
        return enter(context);
      };
      setSubscribeFn((args) => runUntil(follow(args.contextValue), () => subscribeFn(args)));
    },
  };
}

interface Refused {
  readonly errors: readonly GraphQLError[];
}

/** Runs what was let in, and ends it; what is not let in is answered like any other operation that may not run. */
async function runUntil<Answer>(
  entered: EndWork | undefined | Promise<EndWork | undefined>,
  run: () => Answer | Promise<Answer>,
): Promise<Answer | Refused> {
  let end: EndWork | undefined;
  try {
    end = await entered;
  } catch (error) {
    return { errors: [toGraphQLError(error)] };
  }
  try {
    return await run();
  } finally {
    end?.();
  }
}
