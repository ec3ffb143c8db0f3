/** `OrderID` → `Order`, `ID`; `unit price` → `unit`, `price`. */
const words = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;

/**
 * The field that shows a column: `order_id`, `OrderID` and `order id` are `orderId`, `größe` is `grosse`.
 * Undefined: no field can have its name, for it begins with a digit or is not written in Latin letters.
 */
export function toColumnField(column: string): string | undefined {
  const latin = column
    .replaceAll("ß", "ss")
    .replaceAll(/[æÆ]/g, "ae")
    .replaceAll(/[øØ]/g, "o")
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "");
  if (/[^\P{L}A-Za-z]/u.test(latin)) return undefined;
  const name = (latin.match(words) ?? [])
    .map(
      (word, at) =>
        (at === 0 ? "" : word.charAt(0).toUpperCase()) + word.slice(at === 0 ? 0 : 1).toLowerCase(),
    )
    .join("");
  return /^[a-z]/.test(name) ? name : undefined;
}
