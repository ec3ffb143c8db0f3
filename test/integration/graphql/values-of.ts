/** Values of an answer: leaves, objects and items. */
export const valuesOf = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, inner) => sum + valuesOf(inner), 0);
};
