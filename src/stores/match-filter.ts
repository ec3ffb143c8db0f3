import type { ScalarField } from "../models/field.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import { compareDecimals } from "./conversion/exact-decimal.ts";
import { hasPart } from "./cyclic-operators.ts";
import type { Filter, FilterValue } from "./document-store.ts";
import { fitsText } from "./text-operators.ts";

/** Whether a document fits a filter: what both stores answer, for a document that is already here. */
export function matchesFilter(model: DocumentModel, filter: Filter, document: Document): boolean {
  switch (filter.kind) {
    case "and":
      return filter.filters.every((inner) => matchesFilter(model, inner, document));
    case "or":
      return filter.filters.some((inner) => matchesFilter(model, inner, document));
    case "not":
      return !matchesFilter(model, filter.filter, document);
    case "isNull":
      return (fieldValue(document, filter.field) === null) === filter.isNull;
    case "in": {
      const value = fieldValue(document, filter.field);
      return (value !== null && filter.values.includes(value)) !== filter.negated;
    }
    case "compare": {
      const value = fieldValue(document, filter.field);
      if (value === null) return filter.operator === "ne";
      const field = model.fields[filter.field] as ScalarField; // filters name filterable scalars
      switch (filter.operator) {
        case "eq":
          return value === filter.value;
        case "ne":
          return value !== filter.value;
        case "lt":
          return compareValues(field, value, filter.value) < 0;
        case "lte":
          return compareValues(field, value, filter.value) <= 0;
        case "gt":
          return compareValues(field, value, filter.value) > 0;
        case "gte":
          return compareValues(field, value, filter.value) >= 0;
        case "atHour":
        case "onWeekday":
          return hasPart(filter.operator, String(value), Number(filter.value));
        default:
          return fitsText(filter.operator, String(value), String(filter.value));
      }
    }
  }
}

const fieldValue = (document: Document, field: string): FilterValue | null =>
  (document[field] ?? null) as FilterValue | null; // filterable fields are scalars

function compareValues(field: ScalarField, left: FilterValue, right: FilterValue): number {
  switch (field.kind) {
    case "decimal":
      return compareDecimals(String(left), String(right));
    case "bigint": {
      const difference = BigInt(left) - BigInt(right);
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    }
    case "int":
    case "boolean":
      return Number(left) - Number(right);
    case "string":
    case "enumeration":
      // UTF-8 order, as in both stores; JavaScript's own order of UTF-16 units differs above U+FFFF.
      return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
    case "date":
    case "dateTime":
      return left < right ? -1 : left > right ? 1 : 0;
  }
}
