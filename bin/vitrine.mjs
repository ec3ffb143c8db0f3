#!/usr/bin/env node
import { loadCli } from "./load-cli.mjs";

const { runCli } = await loadCli();
await runCli(process.argv.slice(2));
