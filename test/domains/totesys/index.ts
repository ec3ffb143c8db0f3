import { totesys } from "../../../src/domains/totesys/index.ts";
import type { TestedDomain } from "../../support/tested-domains.ts";
import { compareTote } from "./compare-tote.ts";
import { prepareTote } from "./prepare-tote.ts";
import { toteOperation } from "./tote-operations.ts";

export const tested: TestedDomain = {
  domain: totesys,
  contents: { prepare: prepareTote, compare: compareTote },
  operation: toteOperation,
};
