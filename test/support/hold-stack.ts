/** A command that uses the servers of a folder until it is told to stop: `node --import tsx hold-stack.ts FOLDER [restart]`. */
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import { createLogger } from "../../src/log.ts";

const [dataDir, restart] = process.argv.slice(2);
const { MARIADB_URL: _, MONGODB_URL: __, ...env } = process.env;
const config = readConfig({ ...env, VITRINE_DATA_DIR: dataDir });
const stack = await acquireStack(config, {
  logger: createLogger("silent"),
  restart: restart === "restart",
});
stack.onServerDied((error) => process.stdout.write(`${JSON.stringify({ died: error.message })}\n`));
process.stdout.write(`${JSON.stringify(stack)}\n`);
process.on("SIGTERM", () => {
  stack.release().then(() => process.exit(0));
});
setInterval(() => {}, 60_000);
