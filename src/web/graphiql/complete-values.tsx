import { useGraphiQL, useMonaco } from "@graphiql/react";
import { useEffect } from "react";
import { findComparedSource, findVariableSource } from "./source-at-cursor.ts";
import type { ReadValues, ValueSource } from "./value-source.ts";

/** Offers the values that there are (states, cities, statuses) where a text is typed: in filters and in variables. */
export function CompleteValues({ readValues }: { readonly readValues: ReadValues }) {
  const monaco = useMonaco((state) => state.monaco);
  const schema = useGraphiQL((state) => state.schema);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  useEffect(() => {
    if (!monaco || !schema) return;
    const provide = (find: (before: string) => ValueSource | null) => ({
      triggerCharacters: ['"'],
      async provideCompletionItems(
        model: { getValueInRange(range: object): string },
        { lineNumber, column }: { readonly lineNumber: number; readonly column: number },
      ) {
        const before = model.getValueInRange({
          startLineNumber: 1,
          startColumn: 1,
          endLineNumber: lineNumber,
          endColumn: column,
        });
        const typed = /"([^"\n]*)$/.exec(before)?.[1];
        const source = typed === undefined ? null : find(before);
        if (typed === undefined || !source) return { suggestions: [] };
        const values = await readValues(source);
        const range = {
          startLineNumber: lineNumber,
          endLineNumber: lineNumber,
          startColumn: column - typed.length,
          endColumn: column,
        };
        const kind = monaco.languages.CompletionItemKind.Value;
        return { suggestions: values.map((value) => ({ label: value, insertText: value, kind, range })) };
      },
    });
    const providers = [
      monaco.languages.registerCompletionItemProvider(
        "graphql",
        provide((before) => findComparedSource(schema, before)),
      ),
      monaco.languages.registerCompletionItemProvider(
        "json",
        provide((before) => findVariableSource(schema, queryEditor?.getValue() ?? "", before)),
      ),
    ];
    return () => {
      for (const provider of providers) provider.dispose();
    };
  }, [monaco, schema, queryEditor, readValues]);
  return null;
}
