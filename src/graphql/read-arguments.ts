import { VitrineError } from "../errors.ts";
import { readToken } from "../stores/write-token.ts";
import type { Builder } from "./builder.ts";
import type { ReadDemand, Source } from "./reads.ts";

/** The arguments of every root field that reads: which store, and how old it may be. */
export function createReadArguments(builder: Builder) {
  const source = builder.enumType("Source", {
    description:
      "Which store answers. Both give equal answers; `extensions.freshness` says which it was and how old.",
    values: {
      AUTO: { description: "The mirror, unless it is missing, unhealthy or too old; then live." },
      LIVE: { description: "MariaDB's views: the newest committed state." },
      MIRROR: {
        description: "MongoDB's copy: an error when it cannot answer or is older than maxStaleness.",
      },
    },
  });
  return (t: Parameters<Parameters<Builder["queryFields"]>[0]>[0]) => ({
    source: t.arg({ type: source, defaultValue: "AUTO", description: "Which store answers." }),
    maxStaleness: t.arg.int({
      description: "Milliseconds that the mirror may be behind; when it is more, AUTO reads live.",
    }),
    afterWrite: t.arg.string({
      description:
        "The token that a mutation returned: the answer shows its write, from the mirror or else live.",
    }),
  });
}

/** What these arguments ask of the stores. @throws VitrineError BAD_INPUT */
export function readDemand(args: {
  readonly source?: Source | null | undefined;
  readonly maxStaleness?: number | null | undefined;
  readonly afterWrite?: string | null | undefined;
}): ReadDemand {
  const maxStaleness = args.maxStaleness ?? undefined;
  if (maxStaleness !== undefined && maxStaleness < 0)
    throw new VitrineError("BAD_INPUT", `maxStaleness: must be 0 or more, not ${maxStaleness}.`);
  const afterWrite = typeof args.afterWrite === "string" ? readToken(args.afterWrite) : undefined;
  return { source: args.source ?? "AUTO", maxStalenessMs: maxStaleness, afterWrite };
}
