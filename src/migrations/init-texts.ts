import { packageName } from "../front-door.ts";
import { namesOfDocument } from "../models/derived-names.ts";
import { changeAddress } from "../stores/mariadb/address-hosts.ts";
import type { MadeModel, TableDecision } from "./init-models.ts";
import { accountName, type SetupAccounts } from "./init-setup-sql.ts";
import { toCamel } from "./print-definition.ts";

/** The text of a project file with one domain. */
export const printProjectFile = (domain: string): string => `import { defineProject } from "${packageName}";
import { domain } from "./src/domains/${domain}/index.ts";

export default defineProject({ sql: "sql", domains: [domain] });
`;

export const printDomain = (
  domain: string,
  database: string,
): string => `import { defineDomain } from "${packageName}";
import * as models from "./models/index.ts";

export const domain = defineDomain({
  name: "${domain}",
  description: ${JSON.stringify(`What ${database} keeps.`)},
  models: Object.values(models),
  examples: "examples/${domain}",
});
`;

/** The list of a domain's models. */
export const printModelList = (models: readonly MadeModel[]): string =>
  [
    "// One line per model of the domain, in the order of the alphabet: what is exported here is a model.",
    ...models
      .map(({ name }) => `export { ${toCamel(name)} } from "./${name.replaceAll("_", "-")}.ts";`)
      .sort(),
    "",
  ].join("\n");

/** A test of the project's own, by the runner that Node has. */
export const printTests = (
  models: readonly Pick<MadeModel, "typeName">[],
): string => `// Run by \`npx vitrine test\`, which says in VITRINE_TEST_URL where this project is served meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";

async function ask(query) {
  const response = await fetch(process.env.VITRINE_TEST_URL, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}

for (const list of [
${models.map(({ typeName }) => `  "${namesOfDocument(typeName).queries.connection}",`).join("\n")}
])
  test(\`\${list} is the same from both stores\`, async () => {
    const from = (source) => ask(\`{ \${list}(first: 20, source: \${source}) { totalCount nodes { id } } }\`);
    assert.deepEqual(await from("MIRROR"), await from("LIVE"));
  });
`;

/**
 * A project is a package of ES modules that has Vitrine among its dependencies.
 * @param given the text of the package.json that is there: all of it stays but `type`
 */
export function printPackage(name: string, version: string, given: string | null): string {
  // An object, or npm itself would not read it.
  const old = given === null ? { name, private: true } : (JSON.parse(given) as Record<string, unknown>);
  const dependencies = { [packageName]: `^${version}`, ...(old.dependencies as object | undefined) };
  return `${JSON.stringify({ ...old, type: "module", dependencies }, null, 2)}\n`;
}

/** The settings of the project, for a shell: addresses with passwords. @param url of the database that was read */
export function printEnvironment(accounts: SetupAccounts, url: string): string {
  const of = (kind: keyof SetupAccounts["passwords"]) =>
    changeAddress(url, (one) => {
      one.username = encodeURIComponent(accountName(accounts, kind));
      one.password = accounts.passwords[kind];
    });
  return [
    "# The accounts that setup.sql makes. It has passwords: do not commit it. Read it by: set -a; . ./vitrine.env; set +a",
    ...(["admin", "loader", "reader", "writer"] as const).map(
      (kind) => `${kind === "admin" ? "MARIADB_URL" : `MARIADB_${kind.toUpperCase()}_URL`}='${of(kind)}'`,
    ),
    "# Without it the mirror is a MongoDB of Vitrine's own, in .vitrine.",
    "# MONGODB_URL=mongodb://host:27017/name",
    "",
  ].join("\n");
}

const list = (items: readonly string[], none: string): string =>
  items.length === 0 ? none : items.map((item) => `- ${item.replaceAll(/\s+/g, " ")}`).join("\n");

/** What a person has to decide, table by table. */
export const printDecisions = (
  models: readonly MadeModel[],
  decisions: readonly TableDecision[],
): string => `# What needs a decision

## Tables

${list(
  decisions.map(({ table, reason }) => `**${table}**: ${reason}`),
  "None.",
)}

## Fields

Marked \`decide:\` where they are defined.

${list(
  models
    .filter(({ open }) => open > 0)
    .map(({ name, open }) => `\`${name.replaceAll("_", "-")}.ts\`: ${open}`),
  "None.",
)}
`;

export const printReadme = (
  domain: string,
  database: string,
  models: readonly MadeModel[],
): string => `# ${database}, as documents

\`sql/views/${domain}\` says what the documents are, \`src/domains/${domain}/models\` what their fields mean, and
\`examples/${domain}\` has questions that GraphiQL offers. Nothing was changed in ${database} yet; [DECISIONS.md](DECISIONS.md) lists what only you know.

\`\`\`sh
mariadb < setup.sql                 # the administrator of the server, once: accounts and roles
set -a; . ./vitrine.env; set +a     # the accounts' addresses
npx vitrine triggers generate       # what a change touches, and the triggers that log it
npx vitrine migrate up              # views, triggers and tables of Vitrine's; none of yours is changed
npx vitrine up                      # mirror and serve, until Ctrl-C
npx vitrine test                    # documents beside their views, examples, rights, and the tests of \`test\`
\`\`\`

\`history.sql\` is for those who want the past of tables: it says what that costs, \`history-undo.sql\` takes it back.

| documents | rows of |
|---|---|
${models.map(({ name, typeName, table }) => `| \`${name}\` (${typeName}) | ${table} |`).join("\n")}
`;
