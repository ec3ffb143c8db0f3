// `npm start`: sets this machine up, then `vitrine up` in the same process, so that Ctrl-C reaches it.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap();
const { loadCli } = await import("./load-cli.mjs");
const { runCli } = await loadCli();
await runCli(["up", ...process.argv.slice(2)]);
