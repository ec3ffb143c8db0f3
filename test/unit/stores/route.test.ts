import { describe, expect, it } from "vitest";
import type { MirrorFreshness } from "../../../src/freshness/freshness.ts";
import { chooseStore, type StoreDemand } from "../../../src/freshness/route.ts";
import { databaseOf, toShownMongoUrl } from "../../../src/stores/mongodb/mongodb.ts";

const fresh: MirrorFreshness = {
  position: 7n,
  incarnation: "life",
  lagMs: 0,
  pendingChanges: 0,
  isWhole: true,
  rejected: 0,
  asOf: 0,
  isCurrent: true,
  unusable: null,
};
const choose = (
  source: StoreDemand["source"],
  freshness: Partial<MirrorFreshness> = {},
  options: { readonly maxStalenessMs?: number; readonly mirrorReachable?: boolean } = {},
) => {
  try {
    return chooseStore({
      demand: { source, maxStalenessMs: options.maxStalenessMs },
      model: "thing",
      freshness: { ...fresh, ...freshness },
      mirrorReachable: options.mirrorReachable ?? true,
      defaultMaxStalenessMs: 10_000,
    }).store;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("the store that answers", () => {
  it("is the mirror under AUTO when all is well", () => {
    expect(choose("AUTO")).toBe("mirror");
    expect(choose("AUTO", { lagMs: 10_000 })).toBe("mirror");
  });

  it("is live under AUTO when the mirror is away, not rebuilt or too old", () => {
    expect(choose("AUTO", {}, { mirrorReachable: false })).toBe("live");
    expect(choose("AUTO", { unusable: "its rebuild is running" })).toBe("live");
    expect(choose("AUTO", { lagMs: 10_001 })).toBe("live");
    expect(choose("AUTO", { lagMs: 1 }, { maxStalenessMs: 0 })).toBe("live");
    expect(choose("AUTO", { lagMs: 0 }, { maxStalenessMs: 0 })).toBe("mirror");
  });

  it("is the one demanded, or an error: never the other in silence", () => {
    expect(choose("LIVE", { lagMs: 0 })).toBe("live");
    expect(choose("MIRROR", { lagMs: 99_999 })).toBe("mirror");
    expect(choose("MIRROR", { lagMs: 6 }, { maxStalenessMs: 5 })).toBe("MIRROR_UNAVAILABLE");
    expect(choose("MIRROR", {}, { mirrorReachable: false })).toBe("MIRROR_UNAVAILABLE");
    expect(choose("MIRROR", { unusable: "its rebuild is needed" })).toBe("MIRROR_UNAVAILABLE");
  });

  it("is a mirror of any age under AUTO while MariaDB is away, unless the query set a limit", () => {
    expect(choose("AUTO", { isCurrent: false, lagMs: 60_000 })).toBe("mirror");
    expect(choose("AUTO", { isCurrent: false, lagMs: 60_000 }, { maxStalenessMs: 5_000 })).toBe("live");
  });
});

describe("the database of a MongoDB URL", () => {
  it.each([
    ["mongodb://localhost:27017", "vitrine"],
    ["mongodb://localhost:27017/", "vitrine"],
    ["mongodb://localhost/?directConnection=true", "vitrine"],
    ["mongodb://localhost?directConnection=true", "vitrine"],
    ["mongodb://a:1,b:2,c:3/shop?replicaSet=rs", "shop"],
    ["mongodb://user:p%2Fw@a:1,b:2/the%20shop", "the shop"],
    ["mongodb+srv://cluster.example.net/shop", "shop"],
  ])("%s is %s", (url, name) => {
    expect(databaseOf(url)).toBe(name);
  });
});

describe("a MongoDB URL as people see it, with several hosts too", () => {
  it.each([
    ["mongodb://localhost:27017/shop", "mongodb://localhost:27017/shop"],
    ["mongodb://user:p%2Fw@a:1,b:2,c:3/shop?replicaSet=rs", "mongodb://user@a:1,b:2,c:3/shop?replicaSet=rs"],
    ["mongodb+srv://user:secret@cluster.example.net/shop", "mongodb+srv://user@cluster.example.net/shop"],
  ])("%s is %s", (url, shown) => {
    expect(toShownMongoUrl(url)).toBe(shown);
  });

  it("has no other secret in it", () => {
    const url = "mongodb://a,b/?tlsCertificateKeyFilePassword=secret&proxyPassword=secret";
    expect(toShownMongoUrl(url)).not.toContain("secret");
  });
});
