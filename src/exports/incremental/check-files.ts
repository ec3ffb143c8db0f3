import { createHash } from "node:crypto";
import { VitrineError } from "../../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { hashText } from "../../stores/conversion/bson.ts";
import { storedNames } from "../../stores/conversion/stored-fields.ts";
import type { ListedFile, OpenedFile } from "../destinations/destination.ts";
import { readParquetRows } from "../formats/read-parquet.ts";
import { DELETED, toChangeModel, VERSION } from "./change-rows.ts";
import type { ChangeManifest, ModelFiles } from "./manifest.ts";

/** The newest state of a document in all files. */
export interface FiledDocument {
  readonly version: bigint;
  /** Of its canonical form; null: it was deleted. */
  readonly hash: string | null;
}

/** What the files of a model hold together, and what is wrong with them. */
export interface FiledModel {
  readonly documents: ReadonlyMap<DocumentId, FiledDocument>;
  readonly rows: number;
  /** Sentences. */
  readonly faults: readonly string[];
}

/**
 * Reads every file of a model again. Takes memory for each document, and for one row group.
 * @throws VitrineError EXPORT_FAILED when one cannot be read: that says nothing of what it holds
 */
export async function checkFiles(
  files: ModelFiles,
  manifests: readonly ChangeManifest[],
  listed: readonly ListedFile[],
): Promise<FiledModel> {
  const documents = new Map<DocumentId, FiledDocument>();
  const faults: string[] = [];
  let rows = 0;
  const named = new Set(manifests.map(({ file }) => file));
  for (const { path } of listed)
    if (path.endsWith(".parquet") && !named.has(path)) faults.push(`${path} is in no manifest.`);
  const there = new Set(listed.map(({ path }) => path));
  for (const manifest of manifests) {
    if (!there.has(manifest.file)) faults.push(`${manifest.file} is missing.`);
    else
      try {
        rows += await readFile(files, manifest, documents);
      } catch (error) {
        files.signal.throwIfAborted();
        if (error instanceof VitrineError) throw error;
        faults.push(
          `${manifest.file} ${error instanceof FileFault ? error.message : `cannot be read: ${error}`}`,
        );
      }
  }
  return { documents, rows, faults };
}

class FileFault extends Error {}

async function readFile(
  { destination, model, signal }: ModelFiles,
  { file: path, bytes, sha256, rows }: ChangeManifest,
  documents: Map<DocumentId, FiledDocument>,
): Promise<number> {
  const file = await destination.open(path, signal);
  try {
    if (file.byteLength !== bytes)
      throw new FileFault(`has ${file.byteLength} bytes, and had ${bytes} when it was written.`);
    if ((await hashFile(file)) !== sha256) throw new FileFault("is not what was written: its hash differs.");
    let count = 0;
    for await (const row of readParquetRows(file, toChangeModel(model))) {
      count += 1;
      const id = String(row[model.key]);
      const version = BigInt(String(row[VERSION]));
      const known = documents.get(id);
      if (!known || known.version <= version)
        documents.set(id, { version, hash: row[DELETED] === true ? null : hashDocument(model, row) });
    }
    if (count !== rows) throw new FileFault(`has ${count} rows, and its manifest tells of ${rows}.`);
    return count;
  } finally {
    await file.close();
  }
}

/** The hash of a document in canonical form: of its fields in the model's order. */
export const hashDocument = (model: DocumentModel, document: Document): string =>
  hashText(JSON.stringify(Object.fromEntries(storedNames(model).map((name) => [name, document[name]]))));

const PIECE = 8 * 1024 * 1024;

async function hashFile(file: OpenedFile): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < file.byteLength; start += PIECE)
    hash.update(new Uint8Array(await file.slice(start, Math.min(start + PIECE, file.byteLength))));
  return hash.digest("hex");
}
