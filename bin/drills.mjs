#!/usr/bin/env node
// `npm run test:cluster`: breaks clusters on purpose and prints what that cost; see test/cluster/main.ts.
import { register } from "tsx/esm/api";

register();
await import("../test/cluster/main.ts");
