import { createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";
import { createMirrorWrites, type MirrorWrites } from "../graphql/mirror-writes.ts";
import { type GuardedGateway, openGuardedGateway } from "./guarded-gateway.ts";
import { openStateClerk } from "./state-clerk.ts";

type Row = Readonly<Record<string, unknown>>;

let gateway: TestGateway;
let buyer: GuardedGateway;
let writes: MirrorWrites;
const [me, other] = [1, 2];
beforeAll(async () => {
  gateway = await openTestGateway();
  buyer = await openGuardedGateway(gateway, "customer", { customer_id: me });
  writes = createMirrorWrites(gateway);
});
afterAll(async () => {
  await buyer?.close();
  await gateway?.close();
});

describe("Followers with a row rule", () => {
  const follow = (asked: GuardedGateway, query: string) => {
    const client = createClient({ url: asked.server.url, retryAttempts: 0 });
    onTestFinished(() => client.dispose());
    const events = client.iterate({ query }) as unknown as AsyncIterableIterator<{
      data?: Record<string, Row>;
    }>;
    onTestFinished(async () => void (await events.return?.()));
    return async () => (await events.next()).value?.data?.customerOrdersChanged;
  };

  test("are told of what is theirs, and of no other that changes", async () => {
    const next = follow(buyer, `subscription { customerOrdersChanged { id document { name } } }`);
    expect(await next()).toMatchObject({ id: String(me) });
    await writes.write(other, { name: "Somebody else" });
    await writes.write(me, { name: "Me" });
    expect(await next()).toEqual({ id: String(me), document: { name: "Me" } });
  });

  test.each(["as it is", "spoiled"])(
    "are told of an id that is not theirs, %s, what is told of one that nobody has",
    async (how) => {
      if (how === "spoiled") await writes.spoil(other);
      const next = follow(
        buyer,
        `subscription { customerOrdersChanged(ids: [${other}, 99999999]) { id document { name } } }`,
      );
      expect([await next(), await next()]).toEqual([
        { id: String(other), document: null },
        { id: "99999999", document: null },
      ]);
      await writes.restore(other);
    },
  );

  test("lose what leaves their rule, and get what comes into it", async () => {
    const clerk = await openStateClerk(gateway, "ZZ");
    onTestFinished(() => clerk.close());
    const next = follow(
      clerk,
      `subscription { customerOrdersChanged { id document { state printedAddress1 } } }`,
    );
    await writes.write(other, { state: "ZZ" });
    expect(await next()).toMatchObject({ id: String(other), document: { state: "ZZ" } });
    await writes.write(other, { state: "YY" });
    expect(await next()).toEqual({ id: String(other), document: null });
    // What cannot be read may be anybody's: it is no news to who was not told of it.
    await writes.spoil(other);
    await writes.write(me, { state: "ZZ" });
    expect(await next()).toMatchObject({ id: String(me) });
    // A change of what they do not see is none: the next news is of another.
    await writes.write(me, { firstName: "Hidden" });
    await writes.restore(other);
    await writes.write(other, { state: "ZZ" });
    expect(await next()).toMatchObject({ id: String(other) });
    await writes.write(me, { printedAddress1: "Seen" });
    expect(await next()).toMatchObject({ document: { printedAddress1: "Seen" } });
    await writes.restore(me);
    await writes.restore(other);
  });
});
