import { whileWanted } from "../../src/stores/time-limit.ts";

/** Called when everything ends, the last one first. */
export type AtEnd = (close: () => Promise<unknown>) => void;

/**
 * Opens something of several parts. When `open` throws, the parts that are open already are closed; else whoever got the whole calls
 * the `close` that `open` was given. What is opened after that is closed at once.
 */
export async function openParts<T>(
  open: (atEnd: AtEnd, close: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<unknown>)[] = [];
  let isOver = false;
  const close = async () => {
    isOver = true;
    for (const one of closers.splice(0).reverse()) await one();
  };
  const atEnd: AtEnd = (one) => {
    if (isOver) void one().catch(() => undefined);
    else closers.push(one);
  };
  try {
    return await open(atEnd, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Works with parts that are closed at the end, which is at once when the signal is aborted. @throws its reason then */
export function withParts<T>(signal: AbortSignal, work: (atEnd: AtEnd) => Promise<T>): Promise<T> {
  return openParts(async (atEnd, close) => {
    signal.throwIfAborted();
    const result = await whileWanted(work(atEnd), signal);
    await close();
    return result;
  });
}
