import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { VitrineError } from "../errors.ts";
import type { ImportFile } from "../models/import-definition.ts";
import { noProgress, type Progress, type ProgressStep } from "../progress.ts";
import { type MariaDbConnection, quoteName, toVitrineError } from "../stores/mariadb/mariadb.ts";
import { chooseReader } from "./choose-reader.ts";
import type { FileRecord, RecordShape } from "./file-record.ts";
import { isMalformed, stagingColumns, stagingFormat, toStagingLine } from "./to-staging-line.ts";

export interface StagedFile {
  readonly file: string;
  readonly bytes: number;
  /** Records of the file, without header, blank records and repeated headers. */
  readonly rows: number;
  /** Records of the wrong shape. */
  readonly malformed: number;
  /** The last line has no line end. */
  readonly unfinished: boolean;
  readonly lastLine: number;
}

/**
 * Streams one file into its staging table by `load data local infile`, in constant memory: every record that
 * the reader of its format finds is one row there, added to what it holds.
 * @throws VitrineError IMPORT_INPUT for a file that cannot be read, is cut within a line or changes meanwhile; see
 * RecordReader. INTERNAL when the server has read something else than was sent.
 */
export async function stageFile(
  connection: MariaDbConnection,
  path: string,
  definition: ImportFile,
  progress: Progress = noProgress,
  signal?: AbortSignal,
): Promise<StagedFile> {
  const { file, staging } = definition;
  const total = (await stat(path).catch(unreadable(file))).size;
  const step = progress.start(file, total);
  const reader = chooseReader(definition);
  const batches = reader.read(readFile(connection, path, { file, total }, step, signal), file);
  const staged = { file, bytes: total, rows: 0, malformed: 0, unfinished: false, lastLine: 1 };
  try {
    let records = await nextBatch(batches);
    const shape = reader.match(records[0], definition);
    if (shape.hasHeader) records = records.slice(1);
    const lines = async function* (): AsyncGenerator<Buffer> {
      for (;;) {
        const text = records.map((record) => stageRecord(record, shape, staged)).join("");
        if (text !== "") yield Buffer.from(text, "latin1");
        const next = await batches.next();
        if (next.done) return;
        records = next.value;
      }
    };
    const [result] = await connection.raw.query({
      sql: `load data local infile 'stream' into table ${quoteName(staging)} character set utf8mb4
        ${stagingFormat} (${stagingColumns(shape).map(quoteName).join(", ")})`,
      infileStreamFactory: () => Readable.from(lines(), { objectMode: false }),
    });
    checkLoaded(result, staged);
  } catch (error) {
    throw toVitrineError(error);
  } finally {
    await batches.return(undefined);
    step.end(`${staged.rows.toLocaleString("en")} lines`);
  }
  return staged;
}

/** The file's bytes, one character each. */
async function* readFile(
  connection: MariaDbConnection,
  path: string,
  { file, total }: { readonly file: string; readonly total: number },
  step: ProgressStep,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const socket = socketOf(connection);
  let done = 0;
  try {
    for await (const chunk of createReadStream(path, { encoding: "latin1", highWaterMark: 262_144 })) {
      signal?.throwIfAborted();
      // The driver queues what it is given; waiting here is what keeps memory constant.
      if (socket.writableNeedDrain) await once(socket, "drain");
      done += chunk.length;
      yield chunk;
      step.update(done);
    }
  } catch (error) {
    throw error instanceof Error && "syscall" in error
      ? unreadable(file)(error as NodeJS.ErrnoException)
      : error;
  }
  if (done !== total)
    throw new VitrineError("IMPORT_INPUT", `${file} has changed while it was read. Import again.`);
}

/** The first records there are: the header is among them. */
async function nextBatch(batches: AsyncGenerator<readonly FileRecord[]>): Promise<readonly FileRecord[]> {
  for (;;) {
    const next = await batches.next();
    if (next.done) return [];
    if (next.value.length > 0) return next.value;
  }
}

/** The line to load, none for a header that comes again; counted in `staged`. */
function stageRecord(
  record: FileRecord,
  shape: RecordShape,
  staged: { file: string; rows: number; malformed: number; unfinished: boolean; lastLine: number },
): string {
  if (shape.repeats(record)) return "";
  const isWrong = isMalformed(record, shape);
  if (record.isUnfinished && isWrong)
    throw new VitrineError(
      "IMPORT_INPUT",
      `${staged.file} ends in the middle of line ${record.line} ` +
        `(${record.problem ?? `${record.fields.length} of ${shape.columns} columns`}). Fetch the file again.`,
    );
  staged.rows += 1;
  staged.malformed += isWrong ? 1 : 0;
  staged.unfinished ||= record.isUnfinished;
  staged.lastLine = record.line;
  return toStagingLine(record, shape);
}

/** One row for each record, and nothing cut or guessed: the server only warns of these. */
function checkLoaded(result: object, { file, rows }: { readonly file: string; readonly rows: number }): void {
  const { affectedRows, warningStatus } = result as { affectedRows?: number; warningStatus?: number };
  if (affectedRows !== rows || warningStatus !== 0)
    throw new VitrineError(
      "INTERNAL",
      `Of ${rows} records of ${file} the server has loaded ${affectedRows}, with ${warningStatus} warnings. ` +
        "Columns of staging tables are varchar(500), rest varchar(1000), fault varchar(200).",
    );
}

const unreadable =
  (file: string) =>
  (cause: NodeJS.ErrnoException): never => {
    throw new VitrineError("IMPORT_INPUT", `${file} cannot be read (${cause.code ?? cause.message}).`, {
      cause,
    });
  };

// mysql2 keeps the socket of a connection in `connection.stream`; its typings leave it out.
const socketOf = (connection: MariaDbConnection): Socket =>
  (connection.raw as unknown as { connection: { stream: Socket } }).connection.stream;
