import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentify } from "../../../src/access/identify.ts";
import { addKey, createKeyReader, type KeyEntry } from "../../../src/access/keys.ts";
import { rolesOf } from "../../../src/access/project-for-role.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createVersionOf } from "../../../src/graphql/answer-tags.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { openRole } from "../../../src/graphql/open-role.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/graphql/server.ts";
import type { Access } from "../../../src/models/access.ts";
import { defineProject, type Project } from "../../../src/models/project.ts";
import { createDocsPage } from "../../../src/reference/docs-page.ts";
import { type Answer, ask, openTestGateway, type TestGateway } from "./gateway.ts";

/** What somebody sends to say who they are. */
export type Credentials = Readonly<Record<"authorization", string>>;

/** A gateway that asks for keys. */
export interface RoleGateway {
  readonly server: Server;
  /** The same for everybody. */
  readonly open: TestGateway;
  /** The file of its keys. */
  readonly keysFile: string;
  readonly openRole: NonNullable<ServerOptions["openRole"]>;
  /** Makes a key for somebody. */
  as(role: string, claims?: KeyEntry["claims"], more?: Partial<KeyEntry>): Promise<Credentials>;
  /** The cookie of a browser whose visitor has signed in with that. */
  signIn(credentials: Credentials): Promise<string>;
  ask(
    query: string,
    headers: Readonly<Record<string, string>>,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * A small generated shop in both stores, behind a server that asks for keys.
 * @param access of the shop; default: as the shop declares it
 */
export async function openRoleGateway(
  access?: Access,
  changes: Partial<ServerOptions> = {},
  wholeProject?: Project,
): Promise<RoleGateway> {
  const open = await openTestGateway({}, undefined, wholeProject);
  const { reader, mongo, sqlDir, ...database } = open.database;
  const domains = database.project.domains.map((domain) =>
    access && domain.name === "pos" ? { ...domain, access } : domain,
  );
  const project = defineProject({ ...database.project, domains });
  const models = project.domains.flatMap((domain) => domain.models);
  const folder = await mkdtemp(join(tmpdir(), "vitrine-keys-"));
  const keysFile = join(folder, "keys.json");
  // A file that was just read is looked at again half a second later, which no test waits for.
  let leap = 0;
  const read = createKeyReader(keysFile, () => Date.now() + leap);
  const openPart: RoleGateway["openRole"] = (role) =>
    openRole(role, {
      ...{ project, projectDir: ".", logger: open.options.logger, maskKey: "a key of the tests" },
      morePages: (shown) => [createDocsPage({ ...shown, sqlDir }, ".", reader)],
    });
  const server = await createServer({
    ...open.options,
    metrics: createMetrics(),
    identify: createIdentify(read, new Set(rolesOf(project))),
    openRole: openPart,
    versionOf: createVersionOf(createFreshness(reader, mongo, models), models, () => true),
    ...changes,
  });
  return {
    ...{ server, open, keysFile, openRole: openPart },
    async as(role, claims = {}, more = {}) {
      leap += 1000;
      const entry = { name: `${role}${leap}`, role, claims, expires: null, ...more };
      return { authorization: `Bearer ${await addKey(keysFile, entry)}` };
    },
    async signIn({ authorization }) {
      const response = await fetch(new URL("/sign-in", server.url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: authorization.slice("Bearer ".length) }),
      });
      const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";", 1);
      return cookie;
    },
    ask: (query, headers, variables) => ask(server.url, query, variables, headers),
    async close() {
      await server.close();
      await open.close();
      await rm(folder, { recursive: true });
    },
  };
}
