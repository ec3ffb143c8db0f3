import type { DocumentModel } from "../models/model.ts";
import { tellOf } from "../stores/sent-statement.ts";
import type { Explainer } from "./explain.ts";
import type { Work } from "./read-plan.ts";
import type { ReadTimes } from "./read-times.ts";

/** Who wants to know of the reads of a request. */
export interface Observers {
  /** Measures how long the stores are waited for. */
  readonly times?: ReadTimes | undefined;
  /** Is told how root fields are answered. */
  readonly explainer?: Explainer | undefined;
}

/** The same work, which observers hear of. `isBatched`: it waits for a batch, which is measured itself. */
export type Observe = <T>(model: DocumentModel, work: Work<T>, isBatched?: boolean) => Work<T>;

/** Observes the work under a root field; undefined when nobody wants to know. */
export function observeReads({ times, explainer }: Observers, root: string): Observe | undefined {
  if (!times && !explainer) return undefined;
  return (model, work, isBatched = false) =>
    (store, settings) => {
      const from = { store: store.name, model: model.name };
      const running = work(
        store,
        explainer ? { ...settings, onStatement: (sent) => explainer.sent(root, from, sent) } : settings,
      );
      return times && !isBatched ? times.during(store.name, running) : running;
    };
}

/** Observes the call of a procedure. Its arguments may be of persons: they are told to nobody. */
export function observeCall<T>(
  { times, explainer }: Observers,
  root: string,
  procedure: string,
  answer: Promise<T>,
): Promise<T> {
  const timed = times ? times.during("live", answer) : answer;
  if (!explainer) return timed;
  explainer.chose(root, { name: null, isOwn: true }, { store: "live", why: "Procedures run in MariaDB." });
  return tellOf(
    { onStatement: (sent) => explainer.sent(root, { store: "live", model: null }, sent) },
    () => ({ text: `call ${procedure}`, values: null }),
    async (count) => {
      const answered = await timed;
      count(1);
      return answered;
    },
  );
}
