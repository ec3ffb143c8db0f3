import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIdentify } from "../../../src/access/identify.ts";
import { addKey, createKeyReader, type KeyEntry } from "../../../src/access/keys.ts";
import { rolesOf } from "../../../src/access/project-for-role.ts";
import { openRole } from "../../../src/graphql/open-role.ts";
import type { ServerOptions } from "../../../src/graphql/server.ts";
import type { Access } from "../../../src/models/access.ts";
import { defineProject } from "../../../src/models/project.ts";
import { createDocsPage } from "../../../src/reference/docs-page.ts";
import { type Answer, ask, openTestGateway, type TestGateway } from "./gateway.ts";

/** A gateway that asks for keys. */
export interface RoleGateway extends TestGateway {
  /** The file of its keys. */
  readonly keysFile: string;
  /** Makes a key, and returns the headers of whoever has it. */
  as(role: string, claims?: KeyEntry["claims"], more?: Partial<KeyEntry>): Promise<{ authorization: string }>;
  askAs(headers: Readonly<Record<string, string>>, query: string, variables?: object): Promise<Answer>;
}

/**
 * A small generated shop in both stores, behind a server that asks for keys.
 * @param access of the shop; default: as the shop declares it
 */
export async function openRoleGateway(
  access?: Access,
  changes: Partial<ServerOptions> = {},
): Promise<RoleGateway> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-keys-"));
  const keysFile = join(folder, "keys.json");
  // Roles are known once the database says what the project is.
  const later: { open?: NonNullable<ServerOptions["openRole"]>; roles: Set<string> } = { roles: new Set() };
  const gateway = await openTestGateway({
    identify: createIdentify(createKeyReader(keysFile), later.roles),
    openRole: (role) => later.open?.(role) ?? Promise.reject(new Error("It is not open yet.")),
    ...changes,
  });
  const { database, options } = gateway;
  const domains = database.project.domains.map((domain) =>
    access && domain.name === "pos" ? { ...domain, access } : domain,
  );
  const project = defineProject({ ...database.project, domains });
  for (const role of rolesOf(project)) later.roles.add(role);
  const morePages = (shown: typeof project) => [
    createDocsPage({ ...shown, sqlDir: database.sqlDir }, ".", database.reader),
  ];
  later.open = (role) => openRole(role, { project, projectDir: ".", logger: options.logger, morePages });
  let made = 0;
  return {
    ...gateway,
    keysFile,
    async as(role, claims = {}, more = {}) {
      made += 1;
      const key = await addKey(keysFile, { name: `${role}${made}`, role, claims, expires: null, ...more });
      // A file that was just read is not looked at again at once.
      await new Promise((resolve) => setTimeout(resolve, 600));
      return { authorization: `Bearer ${key}` };
    },
    askAs: (headers, query, variables = {}) => ask(gateway.server.url, query, { ...variables }, headers),
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true });
    },
  };
}
