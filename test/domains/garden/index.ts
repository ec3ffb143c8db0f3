import { gardenOperation } from "../../support/garden/garden-operations.ts";
import { gardenContents } from "../../support/garden/mirror-garden.ts";
import { garden } from "../../support/garden/vitrine.config.ts";
import type { TestedDomain } from "../../support/tested-domains.ts";

export const tested: TestedDomain = {
  domain: garden,
  contents: gardenContents,
  operation: gardenOperation,
};
