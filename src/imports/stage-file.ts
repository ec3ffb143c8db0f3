import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { ImportFile } from "../models/project.ts";
import { noProgress, type Progress } from "../progress.ts";
import { type MariaDbConnection, quoteName, toVitrineError } from "../stores/mariadb/mariadb.ts";
import { readHeader } from "./read-header.ts";
import { type ScanResult, scanRecords } from "./scan-records.ts";

export interface StagedFile {
  readonly file: string;
  readonly bytes: number;
  /** Records of the file, without header, blank lines and repeated headers. */
  readonly rows: number;
  /** Records of the wrong shape. */
  readonly malformed: number;
  /** The last line has no line end. */
  readonly unfinished: boolean;
  readonly lastLine: number;
}

/**
 * Streams one file into its staging table by `load data local infile`, in constant memory. What the table
 * held before is deleted.
 * @throws VitrineError IMPORT_INPUT; see readHeader and scanRecords.
 */
export async function stageFile(
  connection: MariaDbConnection,
  path: string,
  definition: ImportFile,
  progress: Progress = noProgress,
  signal?: AbortSignal,
): Promise<StagedFile> {
  const { file, staging } = definition;
  const header = await readHeader(path, definition);
  const total = (await stat(path)).size;
  const result: ScanResult = { records: 0, malformed: 0, unfinished: false, lastLine: 1 };
  const step = progress.start(file, total);
  const socket = socketOf(connection);

  async function* read(): AsyncGenerator<Buffer> {
    let done = 0;
    for await (const chunk of createReadStream(path, { start: header.offset, highWaterMark: 262_144 })) {
      signal?.throwIfAborted();
      // The driver queues what it is given; waiting here is what keeps memory constant.
      if (socket.writableNeedDrain) await once(socket, "drain");
      done += chunk.length;
      yield chunk;
      step.update(done);
    }
  }
  const lines = scanRecords(read(), { file, header: header.bytes, columns: header.targets.length }, result);

  await connection.run(`delete from ${quoteName(staging)}`);
  const targets = header.targets.map((target) => (target === undefined ? "@ignored" : quoteName(target)));
  try {
    await connection.raw.query({
      sql: `load data local infile 'stream' into table ${quoteName(staging)} character set utf8mb4
        fields terminated by ',' optionally enclosed by '"' escaped by '' lines terminated by '\\n'
        (\`row_number\`, ${targets.join(", ")}, rest, fault)`,
      infileStreamFactory: () => Readable.from(lines, { objectMode: false }),
    });
  } catch (error) {
    throw toVitrineError(error);
  } finally {
    step.end(`${result.records.toLocaleString("en")} lines`);
  }
  return {
    file,
    bytes: total,
    rows: result.records,
    malformed: result.malformed,
    unfinished: result.unfinished,
    lastLine: result.lastLine,
  };
}

// mysql2 keeps the socket of a connection in `connection.stream`; its typings leave it out.
const socketOf = (connection: MariaDbConnection): Socket =>
  (connection.raw as unknown as { connection: { stream: Socket } }).connection.stream;
