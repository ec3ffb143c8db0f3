import type { Plugin } from "graphql-yoga";
import type { Admission } from "./admission.ts";
import type { RequestContext } from "./context.ts";
import type { RequestState } from "./yoga.ts";

/** Operations begin when they are let in, whatever road they came; what a subscription tells later is not held up. */
export function admitOperations(admission: Admission): Plugin<RequestContext & RequestState> {
  const admitted =
    <Args extends { readonly contextValue?: unknown }, Answer>(
      run: (args: Args) => Answer | Promise<Answer>,
    ) =>
    (args: Args): Answer | Promise<Answer> => {
      // What getEnveloped was given is part of the context.
      const { client, exchange, onEnd } = args.contextValue as RequestContext & RequestState;
      const entered = admission.enter({ client, cost: exchange.cost ?? 0 }, (left) => onEnd(left));
      if (entered instanceof Promise) return entered.then((end) => finishing(run, args, end));
      return finishing(run, args, entered);
    };
  return {
    onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn(admitted(executeFn)),
    onSubscribe: ({ subscribeFn, setSubscribeFn }) => setSubscribeFn(admitted(subscribeFn)),
  };
}

async function finishing<Args, Answer>(
  run: (args: Args) => Answer | Promise<Answer>,
  args: Args,
  end: () => void,
): Promise<Answer> {
  try {
    return await run(args);
  } finally {
    end();
  }
}
