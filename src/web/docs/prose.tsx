/** A description; what stands in back quotes is code. */
export function Prose({ text }: { readonly text: string }) {
  const parts = text.split("`");
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text stay where they are
  return parts.map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
