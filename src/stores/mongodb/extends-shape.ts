/** A field of a shape as `shapeText` writes it: a kind, or a kind with what it holds. */
type FieldShape = string | readonly [kind: string, inner: unknown];
type FieldShapes = readonly (readonly [name: string, field: FieldShape])[];

/**
 * Whether documents of one shape have all that a reader of another asks for: every field of it, of the same kind and
 * nullability and in the same order, and perhaps others beside, at any depth. The shapes are texts of `shapeText`.
 */
export function extendsShape(larger: string, smaller: string): boolean {
  if (larger === smaller) return true;
  const [format, key, fields] = readShape(larger);
  const [ownFormat, ownKey, ownFields] = readShape(smaller);
  return format === ownFormat && key === ownKey && extendsFields(fields, ownFields);
}

// Only `shapeText` writes them.
const readShape = (text: string) => JSON.parse(text) as readonly [unknown, unknown, FieldShapes];

function extendsFields(larger: FieldShapes, smaller: FieldShapes): boolean {
  let found = 0;
  for (const [name, field] of larger) {
    const wanted = smaller[found];
    if (wanted?.[0] !== name) continue;
    if (!extendsField(field, wanted[1])) return false;
    found += 1;
  }
  return found === smaller.length;
}

function extendsField(larger: FieldShape, smaller: FieldShape): boolean {
  if (typeof larger === "string" || typeof smaller === "string") return larger === smaller;
  const [kind, inner] = larger;
  const [ownKind, ownInner] = smaller;
  if (kind !== ownKind) return false;
  // What an object and a list hold is what `shapeText` writes for them; of a decimal it is the scale.
  if (/^object/.test(kind)) return extendsFields(inner as FieldShapes, ownInner as FieldShapes);
  if (/^list/.test(kind)) return extendsField(inner as FieldShape, ownInner as FieldShape);
  return inner === ownInner;
}
