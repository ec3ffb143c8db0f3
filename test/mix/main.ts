/** `npm run test:mix`: an hour of a shop in a minute, then every document compared. */
import { parseArgs } from "node:util";
import { pos } from "../../src/domains/pos/index.ts";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { withOwnServers } from "../support/own-servers.ts";
import { isClean, type MixResult, runMix } from "./run-mix.ts";

const help = `Sells, prices, cancels, ships, moves, renames, deletes and imports while a loader follows; then waits until
everything is mirrored, verifies every model by contents, asks a second comparator, and checks the shop's rules.

  npm run test:mix -- [--seconds N] [--seed N] [--scale N]

  --seconds N  how long the shop is at work (60)
  --seed N     what it does; equal seeds choose alike (42)
  --scale N    size of the shop, 1 as in the field (0.1)

Exit code 1 when a document is wrong or cannot be judged, or a rule of the shop is broken.`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "42" },
    scale: { type: "string", default: "0.1" },
  },
});
const options = {
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  scale: Number(values.scale),
};
if (values.help) console.log(help);
else if (!(options.seconds > 0 && options.scale > 0 && Number.isInteger(options.seed))) {
  console.error(help);
  process.exitCode = 2;
} else {
  const result = await runOnOwnServers();
  printTables(result);
  process.exitCode = isClean(result) ? 0 : 1;
}

/** Never on servers that the environment names: the shop is written to without mercy. */
function runOnOwnServers(): Promise<MixResult> {
  const { MARIADB_URL: _, MONGODB_URL: __, ...env } = process.env;
  return withOwnServers("vitrine-mix-data-", env, async (stack) => {
    const mariadbUrl = stack.mariadb.adminUrl;
    const admin = openMariaDb(mariadbUrl, { size: 2, multipleStatements: true });
    await migrateUp({ admin, sqlDir: "sql", domains: [pos] });
    await admin.close();
    return runMix({ ...options, mariadbUrl, mongodbUrl: stack.mongodb.url });
  });
}

function printTables({ deeds, drainMs, reports, disagreements, broken }: MixResult): void {
  console.log(`Seed ${options.seed}, scale ${options.scale}, ${options.seconds} s at work.\n`);
  console.log("| deed | done | idle | refused |\n|---|--:|--:|--:|");
  for (const [name, { done, idle, refused }] of deeds)
    console.log(`| ${name} | ${done} | ${idle} | ${refused} |`);
  console.log("\n| model | compared | defects | in doubt | rejected |\n|---|--:|--:|--:|--:|");
  for (const { model, checked, defects, unsettled, rejected } of reports)
    console.log(`| ${model} | ${checked} | ${defects.length} | ${unsettled} | ${rejected} |`);
  console.log(`\nMirrored ${(drainMs / 1000).toFixed(1)} s after the last write.`);
  console.log(`The second comparator found ${disagreements.length} documents wrong.`);
  for (const one of disagreements.slice(0, 5)) console.log(JSON.stringify(one).slice(0, 1500));
  console.log(broken.length === 0 ? "The shop kept its rules." : broken.join("\n"));
}
