import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { openAgingGateway } from "./aging-gateway.ts";

test("a MongoDB that was away when loader and gateway started is filled, and answered from, once it is there", async () => {
  const gateway = await openAgingGateway();
  const ways = [gateway.toMongoDb, gateway.loaderToMongoDb];
  try {
    await Promise.all(ways.map((way) => way.stop()));
    gateway.startLoader();
    const { n } = await gateway.write("Waiting");
    expect(await gateway.read()).toMatchObject({ source: "LIVE", lastName: "Waiting" });
    expect(await gateway.read({ source: "MIRROR" })).toMatchObject({ code: "MIRROR_UNAVAILABLE" });
    await sleep(3000); // so that both drivers have given up once
    await Promise.all(ways.map((way) => way.start()));
    await vi.waitFor(
      async () => {
        const { source, lastName, position } = await gateway.read();
        const isThere = BigInt(position ?? 0) >= n;
        expect({ source, lastName, isThere }).toEqual({
          source: "MIRROR",
          lastName: "Waiting",
          isThere: true,
        });
      },
      { timeout: 30_000, interval: 200 },
    );
  } finally {
    await gateway.close();
  }
});
