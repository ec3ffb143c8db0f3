import { pos } from "../../../src/domains/pos/index.ts";
import { shopContents } from "../../support/mirror-shop.ts";
import { shopOperation } from "../../support/shop-operations.ts";
import type { TestedDomain } from "../../support/tested-domains.ts";

export const tested: TestedDomain = { domain: pos, contents: shopContents, operation: shopOperation };
