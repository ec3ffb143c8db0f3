import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Document } from "../../../src/models/model.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { withServer } from "./fetch-file.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

/** A mirror whose documents never end, and how many were read of it. */
function endless() {
  const { live, mirror } = gateway.options.stores;
  const state = { read: 0, isOpen: false };
  async function* stream(
    ...[model, where, options]: Parameters<typeof mirror.stream>
  ): AsyncIterable<Document> {
    state.isOpen = true;
    try {
      const documents: Document[] = [];
      for await (const document of mirror.stream(model, where, options)) documents.push(document);
      for (;;) {
        for (const document of documents) {
          state.read += 1;
          yield document;
        }
        // As a cursor does: it waits for its server now and then.
        await sleep(0);
      }
    } finally {
      state.isOpen = false;
    }
  }
  return { state, stores: { live, mirror: { ...mirror, stream } } };
}

const open = (url: string, path: string) =>
  new Promise<IncomingMessage>((resolve, reject) => get(new URL(path, url), resolve).on("error", reject));

test.each(["csv", "ndjson", "parquet"])(
  "%s is read no faster than its client takes it, and not at all when that has gone",
  async (format) => {
    const { state, stores } = endless();
    const files = { ...gateway.options.files, maxRows: Number.MAX_SAFE_INTEGER };
    await withServer(gateway, { stores, files }, async ({ url }) => {
      const response = await open(url, `/export/order_details.${format}?source=mirror`);
      response.pause();
      // What is on its way fills up, and then nothing is read any more.
      let before = -1;
      await expect
        .poll(
          async () => {
            const isStill = state.read === before;
            before = state.read;
            return isStill && before > 0;
          },
          { interval: 1500, timeout: 60_000 },
        )
        .toBe(true);
      expect(state.isOpen).toBe(true);
      // A little is taken, and a little is read.
      response.resume();
      await expect.poll(() => state.read, { timeout: 30_000 }).toBeGreaterThan(before);
      response.destroy();
      await expect.poll(() => state.isOpen, { timeout: 30_000 }).toBe(false);
    });
  },
);
