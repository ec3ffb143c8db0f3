import type { Run, RunOutcome } from "../core/read-runs.ts";
import type { RunKind } from "../core/runs.ts";
import { errorCatalogue, VitrineError } from "../errors.ts";
import type { Builder } from "./builder.ts";
import { costing } from "./field-cost.ts";
import { listing } from "./files/field-extensions.ts";
import { MAX_PAGE } from "./paging.ts";

const DEFAULT_ROWS = 20;

const kinds: Readonly<Record<RunKind, string>> = {
  import: "Files in.",
  export: "Files out.",
  migrate: "SQL files were applied, or reverted.",
  rebuild: "Every document was written again.",
  verify: "Mirror and views were compared.",
};
const outcomes: Readonly<Record<RunOutcome, string>> = {
  running: "It goes on.",
  succeeded: "It did what it was for.",
  failed: "It did not; the error says why.",
  cancelled: "Somebody stopped it.",
  lost: "Its process is gone, and nobody knows when that was.",
};

/** Adds `runs`, what the run log says: no document, so it has no source and no age. */
export function addRunsField(builder: Builder): void {
  const kind = createEnum(builder, "RunKind", "What a run did.", kinds);
  const outcome = createEnum(builder, "RunOutcome", "How a run stands.", outcomes);
  const type = builder.objectRef<Run>("LoggedRun").implement({
    description: "An import, export, migration, rebuild or verification.",
    fields: (t) => ({
      id: t.id({ description: "Number in the run log.", resolve: ({ runId }) => String(runId) }),
      kind: t.expose("kind", { type: kind, description: "What it did." }),
      name: t.exposeString("name", {
        description: "Of what: a domain and import, a destination, models.",
      }),
      node: t.exposeString("node", { description: "Host and process." }),
      startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
      endedAt: t.expose("endedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it ended; null while it runs, and of a lost run.",
      }),
      outcome: t.expose("outcome", { type: outcome, description: "How it stands." }),
      rows: t.field({
        type: "BigInt",
        nullable: true,
        description: "Rows, documents or steps that it did; null when it did not say.",
        resolve: ({ rows }) => (rows === null ? null : String(rows)),
      }),
      errorCode: t.exposeString("errorCode", {
        nullable: true,
        description: "Code of the error that ended it; null of one that did not fail.",
      }),
      error: t.string({
        nullable: true,
        description:
          "What that error said, where any client may read it; null of other codes: `vitrine runs` tells those.",
        resolve: ({ errorCode, error }) => (isExposed(errorCode) ? error : null),
      }),
    }),
  });
  builder.queryField("runs", (t) =>
    t.field({
      type: [type],
      description: "What was imported, exported, migrated, rebuilt and verified, the newest first.",
      args: {
        kind: t.arg({ type: kind, description: "Only runs of this kind." }),
        name: t.arg.string({ description: "Only runs of this: a domain and import, a destination, models." }),
        outcome: t.arg({ type: outcome, description: "Only runs that stand so." }),
        first: t.arg.int({
          description: `The newest so many; ${DEFAULT_ROWS} unless told, at most ${MAX_PAGE}.`,
        }),
      },
      extensions: { ...listing(MAX_PAGE), ...costing({ rows: ({ first }) => readFirst(first) }) },
      resolve: (_root, { kind: of, name, outcome: how, first }, context) =>
        context.readRuns({
          kind: of ?? undefined,
          name: name ?? undefined,
          outcome: how ?? undefined,
          first: readFirst(first),
        }),
    }),
  );
}

/** Rows of another release may have a code that this one does not know. */
const isExposed = (code: string | null): boolean =>
  Object.entries(errorCatalogue).some(([known, { exposed }]) => known === code && exposed);

function readFirst(first: unknown): number {
  const count = first ?? DEFAULT_ROWS;
  if (typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= MAX_PAGE) return count;
  throw new VitrineError("BAD_INPUT", `first: ${String(first)} is not from 0 to ${MAX_PAGE}.`);
}

/** Values are the log's own words; their names are those in capitals. */
const createEnum = <T extends string>(
  builder: Builder,
  name: string,
  description: string,
  words: Readonly<Record<T, string>>,
) =>
  builder.enumType(name, {
    description,
    values: Object.fromEntries(
      Object.entries<string>(words).map(([word, meaning]) => [
        word.toUpperCase(),
        { value: word, description: meaning },
      ]),
    ) as Record<string, { value: T; description: string }>,
  });
