import { createHash } from "node:crypto";
import { type GraphQLSchema, printSchema } from "graphql";
import type { FreshnessMeter } from "../freshness/freshness.ts";
import type { DocumentModel } from "../models/model.ts";

/** What a mirror is now, by the name of its model; null: it is not there, or in motion. */
export type VersionOf = (model: string) => Promise<string | null>;

/**
 * Tags of answers (`ETag`), which say what the mirrors were that they were read from. While these are the same, the answer is: it
 * need not be read again. The tag itself names the models, so any server of the project can tell.
 */
export interface AnswerTags {
  /** Of an answer to a question, from what the mirrors were before it was read. */
  make(question: readonly unknown[], versions: ReadonlyMap<string, string>): string;
  /** The tag among those of `if-none-match` that is of this question and still holds; null when there is none. */
  findCurrent(question: readonly unknown[], ifNoneMatch: string): Promise<string | null>;
}

/** No client keeps more answers to one question. */
const MOST_TAGS = 10;
/** Models of one answer. */
const MOST_MODELS = 50;

/**
 * Asks `versionOf`. The schema is part of each question, and so is what the models are defined as: which facts a measure
 * counts, or how an average is rounded, is in neither the schema nor the mirror.
 */
export function createAnswerTags(
  schema: GraphQLSchema,
  models: readonly DocumentModel[],
  versionOf: VersionOf,
): AnswerTags {
  let meaning: string | undefined;
  const hashOf = (question: readonly unknown[]) => {
    meaning ??= digest(printSchema(schema) + JSON.stringify(models));
    return digest(JSON.stringify(question) + meaning);
  };
  return {
    make(question, versions) {
      const models = [...versions].map(([model, version]) => `.${model}~${digest(version)}`);
      return `W/"${hashOf(question)}${models.join("")}"`;
    },
    async findCurrent(question, ifNoneMatch) {
      const hash = hashOf(question);
      const tags = ifNoneMatch.split(",", MOST_TAGS).map((tag) => tag.trim());
      for (const tag of tags) {
        const [own, ...models] = /^(?:W\/)?"([\w.~-]+)"$/.exec(tag)?.[1]?.split(".", MOST_MODELS + 2) ?? [];
        if (own !== hash || models.length === 0 || models.length > MOST_MODELS) continue;
        const holds = await Promise.all(
          models.map(async (one) => {
            const [model = "", version] = one.split("~");
            const now = await versionOf(model);
            return now !== null && digest(now) === version;
          }),
        );
        if (holds.every(Boolean)) return tag.startsWith("W/") ? tag : `W/${tag}`;
      }
      return null;
    },
  };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** Looks through `meter`, whose looks are shared by all who ask. */
export function createVersionOf(
  meter: FreshnessMeter,
  models: readonly DocumentModel[],
  isMirrorReachable: () => boolean,
): VersionOf {
  const byName = new Map(models.map((model) => [model.name, model]));
  return async (name) => {
    const model = byName.get(name);
    if (!model || !isMirrorReachable()) return null;
    const { version, unusable } = await meter.of(model);
    return unusable === null ? (version ?? null) : null;
  };
}
