import { join, resolve } from "node:path";
import { makeFolder } from "../make-folder.ts";
import type { ExportFormat } from "../models/export-formats.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { Filter, ReadOptions } from "../stores/document-store.ts";
import { type ColumnWidths, defineTable } from "./define-table.ts";
import { describeColumns, type ExportedColumn } from "./describe-columns.ts";
import type { FormatOptions } from "./formats/format.ts";
import { formatOf } from "./formats.ts";
import type { DdlDialect } from "./table-dialects.ts";
import { exportPurpose, type WrittenFile, writeTemporary } from "./write-file.ts";

/** Where documents are read from: one store, and for live one snapshot of it. */
export interface ExportSource {
  readonly name: "live" | "mirror";
  /** The moment that all documents are read as of; absent: the newest state. */
  readonly asOf?: string;
  /** Every document that fits, in key order, in constant memory; `onInvalid` is told of each that cannot be given. */
  stream(model: DocumentModel, where: Filter | null, options: StreamOptions): AsyncIterable<Document>;
  /** Everything committed before this position is in the documents of the model. Asked before they are read; null as of a moment. */
  positionOf(model: DocumentModel): Promise<string | null>;
}

export type StreamOptions = Required<Pick<ReadOptions, "signal" | "onInvalid">> & Pick<ReadOptions, "fields">;

/** A document that the store has and cannot give. */
export interface LeftOut {
  readonly id: DocumentId;
  readonly reason: string;
}

export interface ExportRequest extends Omit<FormatOptions, "widths"> {
  readonly format: ExportFormat;
  readonly models: readonly { readonly model: DocumentModel; readonly where: Filter | null }[];
  readonly source: ExportSource;
  /** Folder; made when it is not there. */
  readonly out: string;
  readonly gzip: boolean;
  /** Beside each file the definition of a table of this database that takes it. */
  readonly ddl?: DdlDialect | undefined;
  /** How wide the columns of a model's view are: for `ddl` and for formats with decimals of so many digits. Default: unknown. */
  widthsOf?(model: DocumentModel): Promise<ColumnWidths>;
  readonly signal: AbortSignal;
  /** Told how many documents of a model are written so far. */
  readonly onProgress?: (model: DocumentModel, rows: number) => void;
}

/** What one file of an export holds: an entry of `manifest.json`. */
export interface ExportedFile {
  readonly model: string;
  readonly file: string;
  /** The file with the definition of its table, when there is one. */
  readonly ddl?: string;
  readonly format: ExportFormat;
  /** In the order of the file; of `ejson` after `_id`, which is the key. */
  readonly columns: readonly ExportedColumn[];
  readonly rows: number;
  /** Documents that are not in the file, because the store cannot give them, and the first of them; absent: none. */
  readonly leftOut?: { readonly documents: number; readonly first: readonly LeftOut[] };
  /** Size of the file. */
  readonly bytes: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  readonly source: "live" | "mirror";
  readonly position: string | null;
  /** The moment whose state the file holds; absent: the newest state. */
  readonly asOf?: string;
  /** When reading began, UTC. */
  readonly time: string;
}

export interface Manifest {
  readonly files: readonly ExportedFile[];
}

/** Documents left out that a manifest lists by name. */
const LISTED = 1000;

/** `order_details.json.gz`: the file of a model. */
export const exportFileName = (model: DocumentModel, format: ExportFormat, gzip: boolean): string =>
  `${model.exportName ?? model.name}.${formatOf(format).extension}${gzip ? ".gz" : ""}`;

/**
 * Writes one file per model and, last, `manifest.json`. All files get their names after all of them are
 * complete on disk: a failure or an interruption while writing leaves the folder as it was.
 * @throws VitrineError EXPORT_FAILED, CANCELLED, or what the store throws.
 */
export async function exportModels(request: ExportRequest): Promise<Manifest> {
  const folder = resolve(request.out);
  makeFolder(folder, { mode: 0o700, purpose: exportPurpose });
  const written: WrittenFile[] = [];
  try {
    const files: ExportedFile[] = [];
    for (const { model, where } of request.models) {
      const widths: ColumnWidths = (await request.widthsOf?.(model)) ?? new Map();
      const { file, entry } = await writeModel({ ...request, widths }, folder, model, where);
      written.push(file);
      const table = await writeTable({ ...request, widths }, folder, model);
      if (table) written.push(table);
      files.push(table ? { ...entry, ddl: tableFileName(model) } : entry);
    }
    const manifest: Manifest = { files };
    written.push(await writeManifest(folder, manifest, request.signal));
    for (const file of written) await file.publish();
    return manifest;
  } finally {
    // Published files have left their temporary name: nothing is there to remove.
    for (const file of written) await file.discard();
  }
}

type ModelRequest = ExportRequest & { readonly widths: ColumnWidths };

async function writeModel(
  request: ModelRequest,
  folder: string,
  model: DocumentModel,
  where: Filter | null,
): Promise<{ readonly file: WrittenFile; readonly entry: ExportedFile }> {
  const { source, format, gzip, signal, onProgress } = request;
  const time = new Date().toISOString();
  const position = await source.positionOf(model);
  let rows = 0;
  let missing = 0;
  const first: LeftOut[] = [];
  const onInvalid = (id: DocumentId, { message }: Error) => {
    missing += 1;
    if (first.length < LISTED) first.push({ id, reason: message });
  };
  async function* counted(): AsyncIterable<Document> {
    for await (const document of source.stream(model, where, { signal, onInvalid })) {
      yield document;
      rows += 1;
      if (rows % 1000 === 0) onProgress?.(model, rows);
    }
    onProgress?.(model, rows);
  }
  const name = exportFileName(model, format, gzip);
  const text = formatOf(format).encode(model, counted(), request);
  const file = await writeTemporary(join(folder, name), text, { gzip, signal });
  const { bytes, sha256 } = file;
  return {
    file,
    entry: {
      model: model.name,
      file: name,
      format,
      columns: describeColumns(model.fields),
      rows,
      ...(missing === 0 ? {} : { leftOut: { documents: missing, first } }),
      bytes,
      sha256,
      source: source.name,
      position,
      ...(source.asOf === undefined ? {} : { asOf: source.asOf }),
      time,
    },
  };
}

const tableFileName = (model: DocumentModel): string => `${model.exportName ?? model.name}.sql`;

/** The definition of the table that takes a model's file; undefined when nobody asked for it. */
async function writeTable(
  { ddl, widths, signal }: ModelRequest,
  folder: string,
  model: DocumentModel,
): Promise<WrittenFile | undefined> {
  if (!ddl) return undefined;
  const text = defineTable(model, ddl, widths);
  return writeTemporary(join(folder, tableFileName(model)), once(text), { gzip: false, signal });
}

async function* once(text: string): AsyncIterable<string> {
  yield text;
}

const writeManifest = (folder: string, manifest: Manifest, signal: AbortSignal): Promise<WrittenFile> =>
  writeTemporary(join(folder, "manifest.json"), once(`${JSON.stringify(manifest, null, 2)}\n`), {
    gzip: false,
    signal,
  });
