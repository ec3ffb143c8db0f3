import { afterAll, beforeAll } from "vitest";

/** Opens what all tests of a file share before the first of them, and closes it behind the last. */
export function openForFile<T extends { close(): Promise<void> }>(open: () => Promise<T>): T {
  // Empty until then: tests and hooks run later than this line.
  const opened = {} as T;
  beforeAll(async () => {
    Object.assign(opened, await open());
  });
  afterAll(() => opened.close?.());
  return opened;
}
