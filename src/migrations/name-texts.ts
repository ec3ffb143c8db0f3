/** Texts under names that GraphQL allows, each another. */
export function nameTexts(texts: readonly string[]): readonly (readonly [name: string, text: string])[] {
  const names = new Set<string>();
  return texts.map((text) => {
    const plain = /^(?!__|(?:true|false|null)$)[A-Za-z_][A-Za-z0-9_]*$/.test(text);
    const made = text
      .normalize("NFD")
      .replaceAll(/[^A-Za-z0-9]+/g, "_")
      .replaceAll(/^_+|_+$/g, "");
    let name = plain
      ? text
      : /^[A-Za-z]/.test(made) && !/^(true|false|null)$/.test(made)
        ? made
        : `value_${made}`;
    while (names.has(name)) name = `${name}_`;
    names.add(name);
    return [name, text] as const;
  });
}

/** A text as the description of itself. */
export const toSentence = (text: string): string =>
  text === "" ? "Empty." : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
