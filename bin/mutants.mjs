#!/usr/bin/env node
// `npm run test:mutants`: puts every known trap back and expects its test to fail; see test/mutants/main.ts.
import { register } from "tsx/esm/api";

register();
await import("../test/mutants/main.ts");
