import { expect, test } from "vitest";
import { toColumnField } from "../../../src/migrations/column-fields.ts";
import { isFieldName } from "../../../src/models/model.ts";

test.each([
  ["order_id", "orderId"],
  ["OrderID", "orderId"],
  ["ORDER_ID", "orderId"],
  ["datePlaced", "datePlaced"],
  ["HTMLText", "htmlText"],
  ["unit price", "unitPrice"],
  ["_secret", "secret"],
  ["address1", "address1"],
  ["note_1", "note1"],
  ["größe", "grosse"],
  ["naïve-key", "naiveKey"],
  ["total (net) $", "totalNet"],
  ["2fa", undefined],
  ["価格", undefined],
  ["__", undefined],
])("the column %s is the field %s", (column, field) => {
  expect(toColumnField(column)).toBe(field);
  if (field !== undefined) expect(isFieldName(field)).toBe(true);
});
