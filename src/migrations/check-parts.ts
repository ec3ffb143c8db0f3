import type { Leaf, Shape } from "../derive/json-shape.ts";
import type { ServerType } from "../derive/read-shapes.ts";
import type { Field, Fields } from "../models/field.ts";
import { isFieldName } from "../models/model.ts";
import { storedFields } from "../stores/conversion/stored-fields.ts";
import { nullList } from "./model-fields.ts";

type TypeOf = (leaf: Leaf) => ServerType | null;

/**
 * What is certainly wrong between a field and what the view's text makes of it, at any depth: a line per place. What the
 * text does not tell is right.
 */
export function findWrongParts(field: Field, shape: Shape, typeOf: TypeOf, path: string): readonly string[] {
  if (field.kind === "object") return findWrongMembers(field.fields, shape, typeOf, path);
  if (field.kind !== "list") return findWrongLeaf(field, shape, typeOf, path);
  if (shape.kind === "object") return [`${path} is an object, and the field a list`];
  if (shape.kind !== "list") return [];
  const items = shape.item === null ? [] : findWrongParts(field.item, shape.item, typeOf, path);
  return shape.nulls === "maybe" ? [`${path} is ${nullList}`, ...items] : items;
}

function findWrongMembers(fields: Fields, shape: Shape, typeOf: TypeOf, path: string): readonly string[] {
  if (shape.kind === "list") return [`${path} is a list, and the field an object`];
  if (shape.kind !== "object") return [];
  const given = new Map(shape.members.map((member) => [member.name, member.shape]));
  return [
    ...[...given.keys()]
      .filter((name) => !isFieldName(name))
      .map(
        (name) => `${path} has the key ${name}, which no field can have: write it in camelCase in the view`,
      ),
    ...storedFields(fields).flatMap(([name, field]) => {
      const part = given.get(name);
      return part === undefined
        ? [`${path}.${name} is missing: add it to the view's json_object, or take the field out`]
        : findWrongParts(field, part, typeOf, `${path}.${name}`);
    }),
  ];
}

const numbers = /^(?:year|tinyint|smallint|mediumint|int|bigint|decimal|float|double)$/;

function findWrongLeaf(field: Field, shape: Shape, typeOf: TypeOf, path: string): readonly string[] {
  if (shape.kind === "object" || shape.kind === "list")
    return [`${path} is ${shape.kind === "list" ? "a list" : "an object"}, and the field ${field.kind}`];
  const type = shape.kind === "leaf" ? typeOf(shape) : null;
  if (shape.kind !== "leaf" || type === null) return [];
  const isTruth = shape.truth !== "no";
  const isNumber = numbers.test(type.dataType) && shape.truth !== "plain";
  const wrong = (wanted: string) => [
    `${path} is ${isTruth ? "true or false" : type.dataType}, and the field is ${field.kind}: ${wanted} in the view`,
  ];
  switch (field.kind) {
    case "int":
    case "bigint":
    case "decimal": {
      if (!isNumber && shape.truth !== "stored") return wrong("make it a number");
      if (/^(?:float|double)$/.test(type.dataType)) return wrong("cast it to an exact number");
      const scale = field.kind === "decimal" ? field.scale : 0;
      // A computed number may have fewer digits than its type.
      return shape.base !== null && type.scale > scale
        ? [
            `${path} has ${type.scale} digits after the point, and the field ${scale}: declare them, or round it`,
          ]
        : [];
    }
    case "boolean":
      return isNumber && !isTruth ? wrong("compare it, as `x = 1`,") : [];
    case "string":
    case "enumeration":
    case "date":
    case "dateTime":
      return isNumber || isTruth ? wrong("make it a text") : [];
    default:
      return [];
  }
}
