import type { ScalarField } from "../../models/field.ts";
import type { FilterValue } from "../document-store.ts";
import type { Row } from "./mariadb.ts";

/** `in_order_id` → `orderId`, as `order_id`. */
export const toFieldName = (parameter: string): string =>
  parameter.replace(/^in_/, "").replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A value of an argument as the driver binds it. */
export function toSql(value: unknown): string | number | boolean | null {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "string") return null;
  // Canonical moments end with Z, which MariaDB's literals do not take.
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value.replace("T", " ").slice(0, -1) : value;
}

/** A value of a result, as SQL gives it, in canonical form. */
export function toCanonical(field: ScalarField, value: Row[string]): FilterValue | null {
  if (value === null) return null;
  switch (field.kind) {
    case "int":
      return Number(value);
    case "boolean":
      return Number(value) === 1;
    case "decimal": {
      const [whole = "0", fraction = ""] = String(value).split(".");
      return field.scale === 0
        ? whole
        : `${whole}.${fraction.slice(0, field.scale).padEnd(field.scale, "0")}`;
    }
    case "dateTime": {
      const [moment = "", fraction = ""] = String(value).replace(" ", "T").split(".");
      return `${moment}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
    }
    case "bigint":
    case "string":
    case "enumeration":
    case "date":
      return String(value);
  }
}
