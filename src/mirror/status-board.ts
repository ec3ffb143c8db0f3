import type { Logger } from "../log.ts";
import type { DocumentModel } from "../models/model.ts";
import type { LoaderEvent, OnLoaderEvent, WorkerStatus } from "./events.ts";
import { createFailureLog } from "./log-failures.ts";

/** How the parts of a loader are doing, by what they tell. */
export interface StatusBoard {
  /** Takes an event, and passes it on. */
  readonly onEvent: OnLoaderEvent;
  /** The worker of this model is failing. */
  fail(model: DocumentModel, problem: string): void;
  list(): readonly WorkerStatus[];
}

/** Tells a person of what fails and of what works again; `passOn` is told everything. */
export function createStatusBoard(
  models: readonly DocumentModel[],
  logger: Logger,
  passOn: OnLoaderEvent | undefined,
): StatusBoard {
  const statuses = new Map<string, WorkerStatus>(
    models.map((model) => [model.name, { model: model.name, state: "starting", problem: null }]),
  );
  const failures = createFailureLog(logger);
  const works = (model: string, state: WorkerStatus["state"]) => {
    statuses.set(model, { model, state, problem: null });
    failures.works(model);
  };
  const note = (event: LoaderEvent) => {
    switch (event.type) {
      case "failed":
        return failures.failed(event.scope, event.error);
      case "applied":
        return works(event.model, event.kind === "rebuild" ? "rebuilding" : "following");
      case "rebuilt":
        return works(event.model, "following");
      case "resolved":
        return failures.works("resolver");
      case "guarded":
        return failures.works("loader", "guard", "MariaDB", "MongoDB");
      case "verified": {
        failures.works("verifier");
        const { model, checked, defects } = event;
        const found = "documents of the mirror were proven wrong, and are written anew";
        if (defects > 0) logger.error({ model, checked, defects }, found);
      }
    }
  };
  return {
    onEvent(event) {
      note(event);
      passOn?.(event);
    },
    fail: ({ name }, problem) => statuses.set(name, { model: name, state: "failing", problem }),
    list: () => [...statuses.values()],
  };
}
