import { atticOperation } from "../../support/attic/attic-operations.ts";
import { atticContents } from "../../support/attic/mirror-attic.ts";
import { attic } from "../../support/attic/vitrine.config.ts";
import type { TestedDomain } from "../../support/tested-domains.ts";

export const tested: TestedDomain = {
  domain: attic,
  contents: atticContents,
  operation: atticOperation,
};
