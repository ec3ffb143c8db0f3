#!/usr/bin/env node
// `npm run test:security`: tools of others against a gateway on loopback; see test/security/main.ts.
import { register } from "tsx/esm/api";

register();
await import("../test/security/main.ts");
