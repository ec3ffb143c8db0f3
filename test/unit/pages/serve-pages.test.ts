import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../../src/log.ts";
import { listen } from "../../../src/monitor/http-server.ts";
import type { Page } from "../../../src/pages/page.ts";
import { createPages } from "../../../src/pages/serve-pages.ts";

/** Pages as the build leaves them; one is told a text that would end its script element. */
const settings = { query: 'query X { a(text: "</script><script>alert(1)</script>") }' };
let made = 0;
const pages: readonly Page[] = [
  { name: "one", path: "/one", title: "One <b>", settings },
  {
    name: "two",
    path: "/two",
    title: "Two",
    hasPaths: true,
    settings: {},
    data: {
      words: () => {
        made += 1;
        return { words: "word ".repeat(1000) };
      },
    },
  },
];
let folder: string;
let server: Server;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-page-"));
  for (const name of ["one", "two", "assets"]) await mkdir(join(folder, "web", name), { recursive: true });
  for (const name of ["one", "two"])
    await writeFile(
      join(folder, "web", name, "index.html"),
      `<title>TITLE</title><script type="application/json">"SETTINGS"</script>${" ".repeat(1000)}`,
    );
  await writeFile(join(folder, "web/assets/main-1.js"), "plain");
  await writeFile(join(folder, "web/assets/main-1.js.br"), "br");
  await writeFile(join(folder, "web/assets/font-1.ttf"), "font");
  await writeFile(join(folder, "secret.js"), "secret");
  const served = createPages({ title: "Title", pages, folder: join(folder, "web") });
  server = createServer(async (request, response) => {
    const isOurs = await served.serve(request.url, request, response);
    if (!isOurs) response.writeHead(404).end("not a page");
  });
  ({ origin } = await listen(server, { host: "127.0.0.1", port: 0, logger: createLogger("silent") }));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const get = (path: string, encoding = "identity") =>
  fetch(origin + path, { headers: { "accept-encoding": encoding } });

describe("A page", () => {
  test("holds its settings as data that cannot become script, under a policy that runs no script in place", async () => {
    const response = await get("/one");
    const html = await response.text();
    expect(html.match(/<\/?script/g)).toEqual(["<script", "</script"]);
    expect(JSON.parse(/json">(.*)<\/script/.exec(html)?.[1] ?? "")).toEqual({
      frame: {
        title: "Title",
        path: "/one",
        pages: [
          { title: "One <b>", path: "/one" },
          { title: "Two", path: "/two" },
        ],
      },
      own: settings,
    });
    expect(html).toContain("<title>One &lt;b> · Title</title>");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none';");
    expect(policy).not.toContain("unsafe-eval");
  });

  test("is asked for again each time, its files never: their names tell when they change", async () => {
    const page = await get("/one");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const again = await fetch(`${origin}/one`, {
      headers: { "if-none-match": page.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    const file = await get("/assets/main-1.js");
    expect(file.headers.get("cache-control")).toContain("immutable");
    expect(file.headers.get("content-type")).toContain("text/javascript");
    expect(await file.text()).toBe("plain");
  });

  test("and its files are as compressed as their reader takes them", async () => {
    const encodingOf = async (path: string, encoding: string) =>
      (await fetch(origin + path, { method: "HEAD", headers: { "accept-encoding": encoding } })).headers.get(
        "content-encoding",
      );
    expect(await encodingOf("/assets/main-1.js", "gzip, br")).toBe("br");
    expect(await encodingOf("/assets/main-1.js", "gzip, br;q=0")).toBeNull();
    expect(await encodingOf("/assets/font-1.ttf", "gzip, br")).toBeNull();
    expect(await encodingOf("/one", "gzip, br")).toBe("br");
    expect(await encodingOf("/one", "gzip")).toBe("gzip");
    expect(await encodingOf("/one", "identity")).toBeNull();
    expect(await (await get("/one", "br")).text()).toContain("Title");
  });

  test("is what is below its path, too, where it says so; nothing else is a page", async () => {
    expect((await get("/two/deep/er")).status).toBe(200);
    for (const path of ["/one/deep", "/", "/twofold", "/o"])
      expect(await (await get(path)).text()).toBe("not a page");
    expect((await fetch(`${origin}/one`, { method: "POST" })).status).toBe(404);
  });

  test("gets data that are made once, when they are first asked for", async () => {
    expect(made).toBe(0);
    const response = await get("/data/two/words.json", "br");
    expect(response.headers.get("content-encoding")).toBe("br");
    expect(((await response.json()) as { words: string }).words).toContain("word word");
    const tag = response.headers.get("etag") ?? "";
    const again = await fetch(`${origin}/data/two/words.json`, { headers: { "if-none-match": tag } });
    expect(again.status).toBe(304);
    expect(made).toBe(1);
    for (const path of ["/data/two/toString.json", "/data/one/words.json", "/data/", "/data/two/words"])
      expect((await get(path)).status, path).toBe(404);
  });

  test("has no file outside of its folder", async () => {
    for (const path of [
      "/assets/..%2f..%2fsecret.js",
      "/assets/../../secret.js",
      "/assets//secret.js",
      "/assets/../one/index.html",
      "/assets/main-2.js",
    ]) {
      const response = await get(path);
      expect(await response.text(), path).not.toContain("secret");
    }
    expect((await get("/assets/main-2.js")).status).toBe(404);
  });

  test("says what to do when it is not built", async () => {
    const none = createPages({ title: "Title", pages, folder: join(folder, "nowhere") });
    expect(none.findFault()).toContain("`npm run build`");
  });
});
