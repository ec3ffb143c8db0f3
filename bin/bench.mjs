#!/usr/bin/env node
// `npm run bench [-- NAME…]`: prints tables of ratios; see bench/main.ts.
import { register } from "tsx/esm/api";

register();
await import("../bench/main.ts");
