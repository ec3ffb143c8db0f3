import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import { createGraphiql } from "../../../src/graphql/graphiql.ts";
import { createLogger } from "../../../src/log.ts";
import { listen } from "../../../src/monitor/http-server.ts";

/** A page as the build leaves one, with a text that would end its script element. */
const example = {
  name: "x",
  query: 'query X { a(text: "</script><script>alert(1)</script>") }',
  variables: null,
};
let folder: string;
let server: Server;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-page-"));
  await mkdir(join(folder, "page/assets"), { recursive: true });
  await writeFile(join(folder, "page/index.html"), '<script type="application/json">"SETTINGS"</script>');
  await writeFile(join(folder, "page/assets/main-1.js"), "plain");
  await writeFile(join(folder, "page/assets/main-1.js.br"), "br");
  await writeFile(join(folder, "page/assets/font-1.ttf"), "font");
  await writeFile(join(folder, "secret.js"), "secret");
  const graphiql = createGraphiql("Title", [example], join(folder, "page"));
  server = createServer((request, response) => {
    const path = request.url ?? "";
    void (graphiql.has(path)
      ? graphiql.sendFile(path, request, response)
      : graphiql.sendPage(request, response));
  });
  ({ origin } = await listen(server, { host: "127.0.0.1", port: 0, logger: createLogger("silent") }));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const get = (path: string, encoding = "identity") =>
  fetch(origin + path, { headers: { "accept-encoding": encoding } });

describe("GraphiQL's page", () => {
  test("holds its examples as data that cannot become script, under a policy that runs no script in place", async () => {
    const response = await get("/graphql");
    const html = await response.text();
    expect(html.match(/<\/?script/g)).toEqual(["<script", "</script"]);
    expect(JSON.parse(/>(.*)</.exec(html)?.[1] ?? "")).toEqual({
      title: "Title",
      tabs: [{ query: example.query, variables: null }],
    });
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none';");
    expect(policy).not.toContain("unsafe-eval");
  });

  test("is asked for again each time, its files never: their names tell when they change", async () => {
    const page = await get("/graphql");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const file = await get("/graphiql/assets/main-1.js");
    expect(file.headers.get("cache-control")).toContain("immutable");
    expect(file.headers.get("content-type")).toContain("text/javascript");
    expect(await file.text()).toBe("plain");
  });

  test("sends a file as compressed as its reader takes it", async () => {
    const encodingOf = async (path: string, encoding: string) =>
      (await fetch(origin + path, { method: "HEAD", headers: { "accept-encoding": encoding } })).headers.get(
        "content-encoding",
      );
    expect(await encodingOf("/graphiql/assets/main-1.js", "gzip, br")).toBe("br");
    expect(await encodingOf("/graphiql/assets/main-1.js", "gzip, br;q=0")).toBeNull();
    expect(await encodingOf("/graphiql/assets/font-1.ttf", "gzip, br")).toBeNull();
    expect(await encodingOf("/graphql", "gzip, br")).toBe("gzip");
  });

  test("has no file outside of its folder", async () => {
    for (const path of [
      "/graphiql/../secret.js",
      "/graphiql/assets/..%2f..%2fsecret.js",
      "/graphiql/assets/../../secret.js",
      "/graphiql//secret.js",
      "/graphiql/index.html",
      "/graphiql/assets/main-2.js",
    ]) {
      const response = await get(path);
      expect(await response.text(), path).not.toContain("secret");
    }
    expect((await get("/graphiql/assets/main-2.js")).status).toBe(404);
  });

  test("says what to do when it is not built", async () => {
    const graphiql = createGraphiql("Title", [], join(folder, "nowhere"));
    expect(graphiql.findFault()).toContain("`npm run build`");
  });
});

test("an example offers the defaults of its operation, and what stands in the file beside it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-examples-"));
  try {
    await writeFile(
      join(dir, "a.graphql"),
      'query A($n: Int = 3, $s: [Kind!] = [NEW], $o: In = { x: "1" }, $after: String) { a }',
    );
    await writeFile(join(dir, "a.json"), '{ "n": 4, "id": 1 }');
    await writeFile(join(dir, "b.graphql"), "{ b }");
    const [a, b] = await readExamples(dir);
    expect(JSON.parse(a?.variables ?? "")).toEqual({ n: 4, s: ["NEW"], o: { x: "1" }, id: 1 });
    expect(b).toEqual({ name: "b", query: "{ b }", variables: null });
  } finally {
    await rm(dir, { recursive: true });
  }
});
