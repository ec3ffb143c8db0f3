import { z } from "zod";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { ExportedColumn } from "../describe-columns.ts";
import type { Destination, OpenedFile } from "../destinations/destination.ts";

/** What one file of changes holds: `<model>/_manifests/<run>.json`, written before anybody can see the file. */
const manifestSchema = z.object({
  model: z.string(),
  /** `<model>/date=<day>/<run>.parquet` */
  file: z.string(),
  /** Position that the run took: a larger one is a later run. */
  run: z.string(),
  /** The run that wrote the file before; null: this is the first. */
  previous: z.string().nullable(),
  /** The file has what was written after `from`; with it the files show everything committed before `to`. */
  position: z.object({ from: z.string().nullable(), to: z.string() }),
  /** Life of the database that the positions belong to, and where the mirror had the documents. */
  incarnation: z.string(),
  collection: z.string(),
  rows: z.number(),
  /** Of the rows, those of documents that are no more. */
  deletions: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  /** In the order of the file. */
  columns: z.custom<readonly ExportedColumn[]>(Array.isArray),
  /** Documents that the mirror lacks, or cannot give. */
  leftOut: z.number(),
  /** When the run began, UTC. */
  time: z.string(),
});
export type ChangeManifest = Readonly<z.output<typeof manifestSchema>>;

/** How far the files of a model are: what `<model>/_state.json` says after each run, and the newest manifest after one that died. */
const stateSchema = manifestSchema
  .pick({ run: true, position: true, incarnation: true, collection: true, time: true })
  .extend({
    /** The run that wrote the newest file; null: there is none. */
    last: z.string().nullable(),
  });
export type ExportState = Readonly<z.output<typeof stateSchema>>;

/** Of twenty digits, so that names sort as their runs. */
const toName = (run: bigint | string): string => String(run).padStart(20, "0");

export const manifestPath = (model: string, run: bigint): string => `${model}/_manifests/${toName(run)}.json`;
export const filePath = (model: string, run: bigint, day: string): string =>
  `${model}/date=${day}/${toName(run)}.parquet`;
export const statePath = (model: string): string => `${model}/_state.json`;

/** The files of a model in a destination, for whoever reads them. */
export interface ModelFiles {
  readonly destination: Destination;
  readonly model: DocumentModel;
  readonly signal: AbortSignal;
}

/** The state of the files of a model; null: there is none. @throws VitrineError EXPORT_FAILED when it cannot be read */
export async function readState(files: ModelFiles): Promise<ExportState | null> {
  const { destination, model, signal } = files;
  const path = statePath(model.name);
  const file = await destination.find(path, signal);
  const noted = file ? await parseJson(destination, path, file, stateSchema) : null;
  return (await readNewest(files, noted)) ?? noted;
}

/** The manifest of the newest file of a run that died before it could note the state: of the day of that, or a later one. */
async function readNewest(
  { destination, model: { name: model }, signal }: ModelFiles,
  noted: ExportState | null,
): Promise<ExportState | null> {
  const after = noted ? `${model}/date=${noted.time.slice(0, 10)}` : undefined;
  const last = (await destination.list(model, { signal, after }))
    .map(({ path }) => /\/date=[^/]+\/(\d+)\.parquet$/.exec(path)?.[1] ?? "")
    .reduce((largest, run) => (run > largest ? run : largest), "");
  if (last === "" || (noted && last <= toName(noted.run))) return null;
  const path = manifestPath(model, BigInt(last));
  const file = await destination.open(path, signal);
  const manifest = await parseJson(destination, path, file, manifestSchema);
  return { ...manifest, last: manifest.run };
}

/**
 * The manifests that count: of files that are there, and of those that later runs have found. Others are of runs that died before
 * their file was seen.
 */
export function toCounted(
  manifests: readonly ChangeManifest[],
  files: readonly { readonly path: string }[],
  state: ExportState | null,
): readonly ChangeManifest[] {
  const there = new Set(files.map(({ path }) => path));
  const found = new Set<string | null>([state?.last ?? null]);
  // From the newest back.
  return manifests
    .toSorted((a, b) => Number(BigInt(b.run) - BigInt(a.run)))
    .filter(({ run, previous, file }) => {
      if (!found.has(run) && !there.has(file)) return false;
      found.add(previous);
      return true;
    });
}

/** All manifests below a path, by model and run. @throws VitrineError EXPORT_FAILED for one that cannot be read */
export async function readManifests(
  destination: Destination,
  files: readonly { readonly path: string }[],
  signal: AbortSignal,
): Promise<readonly ChangeManifest[]> {
  const paths = files
    .map(({ path }) => path)
    .filter((path) => /\/_manifests\/\d+\.json$/.test(path))
    .sort();
  const manifests: ChangeManifest[] = [];
  for (const path of paths) {
    const file = await destination.open(path, signal);
    manifests.push(await parseJson(destination, path, file, manifestSchema));
  }
  return manifests;
}

/** What a small file says, which is closed then. */
async function parseJson<T>(
  destination: Destination,
  path: string,
  file: OpenedFile,
  schema: z.ZodType<T>,
): Promise<T> {
  try {
    const text = new TextDecoder().decode(await file.slice(0, file.byteLength));
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof VitrineError) throw cause;
    throw new VitrineError(
      "EXPORT_FAILED",
      `${destination.name}: ${path} is not what an export has written. Put it back from a copy, or begin another destination.`,
      { cause, details: { path } },
    );
  } finally {
    await file.close();
  }
}

/** Writes a small file in one step. */
export async function writeJson(
  destination: Destination,
  path: string,
  value: unknown,
  signal: AbortSignal,
): Promise<void> {
  async function* text() {
    yield `${JSON.stringify(value, null, 2)}\n`;
  }
  await (await destination.write(path, text(), signal)).publish();
}
