// `npm test`: sets this machine up, then runs every check.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bootstrap } from "./bootstrap.mjs";

await bootstrap({ browser: true, backups: true, cluster: true });
const check = spawnSync("npm", ["run", "--silent", "check"], {
  cwd: fileURLToPath(new URL("../", import.meta.url)),
  stdio: "inherit",
});
process.exit(check.status ?? 1);
