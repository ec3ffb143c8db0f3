import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type GraphQLSchema, parse, validate } from "graphql";
import { z } from "zod";
import { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { readText } from "../read-text.ts";
import { sha256 } from "../sha256.ts";

/** Documents that a project's owners have looked at: known by the SHA-256 of their text. */
export interface TrustedDocuments {
  readonly size: number;
  /** The text of a hash (hexadecimal, lower case); undefined: it is of none. */
  find(hash: string): string | undefined;
}

/** A text and where it is from. */
interface Source {
  readonly place: string;
  readonly text: string;
  /** As a manifest says. */
  readonly hash?: string;
}

/** What tools of clients write: of Relay and GraphQL Code Generator; of Apollo. */
const manifests = z.union([
  z
    .strictObject({
      format: z.literal("apollo-persisted-query-manifest"),
      version: z.literal(1),
      operations: z.array(z.looseObject({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body }) => [id, body] as const)),
  z.record(z.string(), z.string()).transform((texts) => Object.entries(texts)),
]);

/** Trusts these texts, and no other. */
export function trustDocuments(texts: Iterable<string>): TrustedDocuments {
  const known = new Map<string, string>();
  for (const text of texts) known.set(sha256(text), text);
  return { size: known.size, find: (hash) => known.get(hash) };
}

/**
 * Reads the texts of a folder: each `.graphql` file whole, as it is; each `.json` file as a manifest (hash → text, or Apollo's).
 * What does not fit the schema is told of.
 * @throws VitrineError CONFIG_INVALID that names all that cannot be trusted: no GraphQL, no manifest, another hash than that of
 *   its text
 */
export async function readTrustedDocuments(
  folder: string,
  { schema, logger }: { readonly schema: GraphQLSchema; readonly logger: Pick<Logger, "warn"> },
): Promise<readonly string[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw toFault([`the folder ${folder} cannot be read`], cause);
  });
  const sources: Source[] = [];
  const problems: string[] = [];
  for (const file of files.sort()) {
    if (!/\.(?:graphql|json)$/.test(file)) continue;
    const text = await readText(join(folder, file));
    if (file.endsWith(".graphql")) sources.push({ place: file, text });
    else {
      const read = readManifest(file, text);
      if (typeof read === "string") problems.push(read);
      else sources.push(...read);
    }
  }
  for (const source of sources) {
    const found = findProblems(source, schema);
    if (!found.isUnfit) problems.push(...found.problems.map((problem) => `${source.place}: ${problem}`));
    else
      logger.warn(
        { file: source.place, problems: found.problems },
        "a trusted document does not fit the schema",
      );
  }
  if (sources.length === 0 && problems.length === 0)
    problems.push(`the folder ${folder} has no .graphql file and no .json manifest`);
  if (problems.length > 0) throw toFault(problems);
  return sources.map(({ text }) => text);
}

function readManifest(file: string, text: string): readonly Source[] | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `${file}: is no JSON: ${(error as Error).message}`;
  }
  const { data } = manifests.safeParse(json);
  if (!data) return `${file}: is no manifest: { "<SHA-256>": "<text>" }, or one of Apollo's tools`;
  return data.map(([hash, own]) => ({ place: `${file} ${hash.slice(0, 12)}`, text: own, hash }));
}

/** `isUnfit`: it is a document, and not of this schema: whoever asks is told, and all others may go on. */
function findProblems(
  { text, hash }: Source,
  schema: GraphQLSchema,
): { readonly isUnfit: boolean; readonly problems: readonly string[] } {
  if (hash !== undefined && hash.toLowerCase() !== sha256(text))
    return { isUnfit: false, problems: ["the hash is not the SHA-256 of the text, in hexadecimal"] };
  try {
    const problems = validate(schema, parse(text)).map(({ message }) => message);
    return { isUnfit: problems.length > 0, problems };
  } catch (error) {
    return { isUnfit: false, problems: [(error as Error).message] };
  }
}

const toFault = (problems: readonly string[], cause?: unknown): VitrineError =>
  new VitrineError("CONFIG_INVALID", `Trusted documents (VITRINE_DOCUMENTS):\n  ${problems.join("\n  ")}`, {
    cause,
    details: { problems },
  });
