import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { chooseFreePort } from "../../../src/local/free-port.ts";

test("a port that is let go in a moment is waited for", async () => {
  const port = await chooseFreePort();
  const holder = createServer().listen(port, "127.0.0.1");
  await once(holder, "listening");
  setTimeout(() => holder.close(), 200);
  expect(await chooseFreePort(port)).toBe(port);
});

test("a port that somebody keeps is given up, and another is below those of outgoing connections", async () => {
  const port = await chooseFreePort();
  const holder = createServer().listen(port, "127.0.0.1");
  await once(holder, "listening");
  const other = await chooseFreePort(port);
  holder.close();
  expect(other).not.toBe(port);
  expect(other).toBeLessThan(32_768);
});
