#!/usr/bin/env node
// `npm run test:mix`: an hour of a shop in a minute, then every document compared; see test/mix/main.ts.
import { register } from "tsx/esm/api";

register();
await import("../test/mix/main.ts");
