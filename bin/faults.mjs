#!/usr/bin/env node
// `npm run test:faults`: breaks everything that can break, and compares; see test/faults/main.ts.
import { register } from "tsx/esm/api";

register();
await import("../test/faults/main.ts");
