import { softcart } from "../../../src/domains/softcart/index.ts";
import type { TestedDomain } from "../../support/tested-domains.ts";
import { compareWarehouse } from "./compare-warehouse.ts";
import { prepareWarehouse, warehouseOperation } from "./warehouse-operations.ts";

export const tested: TestedDomain = {
  domain: softcart,
  contents: { prepare: prepareWarehouse, compare: compareWarehouse },
  operation: warehouseOperation,
};
