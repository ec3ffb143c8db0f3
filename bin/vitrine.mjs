#!/usr/bin/env node
import { loadCli } from "./load-cli.mjs";

// Else graphql looks at each value for signs of a second copy of itself: a fifth of what executing a query takes (measured).
process.env.NODE_ENV ??= "production";
const { runCli } = await loadCli();
await runCli(process.argv.slice(2));
