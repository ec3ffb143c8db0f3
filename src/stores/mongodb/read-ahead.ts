/** The part of the driver's cursor that is used. */
interface Cursor<T> {
  next(): Promise<T | null>;
  /** What is here already of the batch that is being read. */
  readBufferedDocuments(): T[];
  close(): Promise<void>;
}

/**
 * The batches of a cursor, each asked for while the one before is taken: the server is never idle, and two of them are in
 * memory at most. A document by itself would cost as much again as its reading (a promise, a limit and a listener each).
 * The cursor is closed whenever the reader ends: at the latest when the batch that is on its way is here.
 * @param cursor without a signal: the driver, when that is aborted, leaves a cursor whose batch is on its way to the server
 * @param guard waits for a batch within the limits of the read
 */
export async function* readAhead<T>(
  cursor: Cursor<T>,
  guard: (work: () => Promise<readonly T[]>) => Promise<readonly T[]>,
): AsyncIterable<readonly T[]> {
  let onItsWay: Promise<unknown> = Promise.resolve();
  const readNext = async () => {
    const first = await cursor.next();
    return first === null ? [] : [first, ...cursor.readBufferedDocuments()];
  };
  const readOn = () => {
    const batch = guard(() => {
      const read = readNext();
      onItsWay = read.catch(() => undefined);
      return read;
    });
    batch.catch(() => undefined); // whoever awaits it is told; when nobody does any more, nobody minds
    return batch;
  };
  let coming = readOn();
  try {
    for (let batch = await coming; batch.length > 0; batch = await coming) {
      coming = readOn();
      yield batch;
    }
  } finally {
    // Who was aborted waits for nothing. While a batch is on its way the driver would leave the cursor to the server,
    // which keeps it for minutes.
    void onItsWay.then(() => cursor.close()).catch(() => undefined);
  }
}
