import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findMariaDb, findMongoDb, secantusdVersion } from "../../../src/local/find-programs.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vitrine-programs-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A program that prints its version and nothing else. */
function install(path: string, printed: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${printed}'\n`);
  chmodSync(file, 0o755);
  return file;
}
const places = () => ({ searchPath: join(root, "bin"), cacheDir: join(root, "cache") });

describe("the MongoDB server of a machine", () => {
  it("is mongod on PATH before one in the cache, and that before the stand-in", () => {
    expect(findMongoDb(places())).toBeNull();
    const standIn = install(`cache/secantusd-${secantusdVersion}/bin/secantusd-rs`, "");
    expect(findMongoDb(places())).toMatchObject({ path: standIn, kind: "secantusd-rs" });
    install("cache/mongod-7.0.9/bin/mongod", "db version v7.0.9");
    const cached = install("cache/mongod-8.0.17/bin/mongod", "db version v8.0.17");
    expect(findMongoDb(places())).toMatchObject({ path: cached, version: "8.0.17" });
    const onPath = install("bin/mongod", "db version v6.0.1");
    expect(findMongoDb(places())).toMatchObject({ path: onPath, version: "6.0.1", kind: "mongod" });
  });

  it("is not a mongod older than 6.0, nor one that does not run", () => {
    install("bin/mongod", "db version v5.0.30");
    install("cache/mongod-8.0.17/bin/mongod", "Illegal instruction");
    expect(findMongoDb(places())).toBeNull();
  });
});

describe("the MariaDB server of a machine", () => {
  it("is refused below the floor, with the ways out", () => {
    install("bin/mariadbd", "mariadbd  Ver 10.11.9-MariaDB for Linux");
    expect(() => findMariaDb(places())).toThrow(
      /MariaDB 10\.11\.9 is too old\..*10\.11\.19.*apt-get install.*MARIADB_URL/,
    );
  });

  it("is taken at the floor", () => {
    const path = install("bin/mariadbd", "mariadbd  Ver 10.11.19-MariaDB for Linux");
    expect(findMariaDb(places())).toEqual({ path, version: "10.11.19" });
  });
});
