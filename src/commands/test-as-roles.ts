import { randomUUID } from "node:crypto";
import { createIdentify } from "../access/identify.ts";
import { readKeys } from "../access/keys.ts";
import { projectForRole, rolesOf } from "../access/project-for-role.ts";
import type { RoleProject } from "../access/role-project.ts";
import { claimsOf } from "../access/rule-filter.ts";
import type { App } from "../app/open-app.ts";
import { keepFitting, type ProjectExample } from "../graphql/examples.ts";
import { createSchema } from "../graphql/schema.ts";
import type { CommandContext } from "./context.ts";
import type { GatewayAddress } from "./post-query.ts";
import { askExample, readTestExamples } from "./test-examples.ts";
import { serveHere } from "./with-gateway.ts";

/** Somebody who has a role, as far as rules ask. */
interface Asker {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Asks every example as each role of the project: a role is answered what its schema has, and refused the rest. Where rules
 * refer to the asker's claims, these are those of a key of that role (`VITRINE_KEYS`); a role of which none has them is told.
 * @returns what is not so, in a sentence each
 */
export async function askAsRoles(context: CommandContext, app: App): Promise<readonly string[]> {
  const roles = rolesOf(app.project);
  if (roles.length === 0) return [];
  const { asked } = await readTestExamples(app);
  const askers = await findAskers(app, roles);
  // On this machine, for as long, beside a gateway that asks nobody: a role's name will do for a token.
  const identify = createIdentify(async (token) => {
    const asker = askers.get(token);
    return { name: token, role: asker?.role ?? null, claims: asker?.claims ?? {}, expiresAt: null };
  }, new Set(roles));
  // What texts are hashed with shows in no failure.
  const gateway = await serveHere(app, { identify, maskKey: app.config.auth.maskKey ?? randomUUID() });
  try {
    const failures: string[] = [];
    for (const role of roles) {
      const own = projectForRole(app.project, role);
      const obstacle = findObstacle(app, own, askers.get(role)?.claims ?? {});
      if (obstacle !== null) context.print(`role ${role}: no example is asked, for ${obstacle}`);
      else failures.push(...(await askAs(context, own, asked, { url: gateway.url, token: role })));
    }
    return failures;
  } finally {
    await gateway.close();
  }
}

/** By role; of several keys the first. */
async function findAskers({ config }: App, roles: readonly string[]): Promise<ReadonlyMap<string, Asker>> {
  const keys = await readKeys(config.auth.keysFile);
  return new Map(
    roles.map((role) => [role, { role, claims: keys.find((key) => key.role === role)?.claims ?? {} }]),
  );
}

/** Why a role cannot be asked for, as the end of a sentence; null: it can. */
function findObstacle(
  { project }: App,
  { role, rights }: RoleProject,
  claims: Asker["claims"],
): string | null {
  if (project.domains.some(({ access }) => access?.roles[role]?.documents === "trusted"))
    return "it may send trusted documents only";
  const needed = new Set([...rights.values()].flatMap(({ where }) => claimsOf(where)));
  const missing = [...needed].filter((name) => claims[name] === undefined);
  return missing.length === 0
    ? null
    : `no key of it has the claims of its rules (vitrine user add NAME --role ${role} --key ${missing.map((name) => `--claim ${name}=…`).join(" ")})`;
}

async function askAs(
  { print, signal }: CommandContext,
  { role, project }: RoleProject,
  examples: readonly ProjectExample[],
  gateway: GatewayAddress,
): Promise<readonly string[]> {
  const fitting = new Set(keepFitting(examples, createSchema(project)));
  const failures: string[] = [];
  for (const example of examples) {
    const { errors = [] } = await askExample(example, gateway, signal);
    const name = `${example.domain}/${example.name}`;
    if (fitting.has(example) && errors[0])
      failures.push(`The example ${name} fails as ${role}: ${errors[0].message}`);
    if (!fitting.has(example) && errors.length === 0)
      failures.push(
        `The example ${name} is answered as ${role}, whose access does not have all that it asks for.`,
      );
  }
  const refused = examples.length - fitting.size;
  print(
    `role ${role}: ${fitting.size} examples asked, ${refused} refused as access says, ${failures.length} failed`,
  );
  return failures;
}
