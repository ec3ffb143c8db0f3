import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { parse } from "graphql";
import { useEffect, useId, useMemo, useState } from "react";
import {
  changeVariable,
  describeVariables,
  fromInput,
  readVariables,
  showInput,
  type VariableField,
} from "./describe-variables.ts";
import type { ReadValues } from "./value-source.ts";

/** The variables of the operation in front, to be filled in; what is typed goes into the variables' editor, and back. */
export function VariablesForm({ readValues }: { readonly readValues: ReadValues }) {
  const { run } = useGraphiQLActions();
  const schema = useGraphiQL((state) => state.schema);
  const query = useEditorText("queryEditor");
  const text = useEditorText("variableEditor");
  const editor = useGraphiQL((state) => state.variableEditor);
  const fields = useMemo(() => {
    if (!schema) return [];
    try {
      return describeVariables(schema, parse(query));
    } catch {
      return []; // being typed
    }
  }, [schema, query]);
  const values = readVariables(text);
  if (fields.length === 0) return null;
  if (!values)
    return (
      <p className="variables-form is-bad">The variables are no JSON object: mend them in their editor.</p>
    );
  return (
    <form
      className="variables-form"
      aria-label="Variables"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      {fields.map((field) => (
        <Input
          key={field.name}
          field={field}
          value={values[field.name]}
          readValues={readValues}
          onChange={(input) => {
            const changed = changeVariable(text, field.name, fromInput(input, field.kind));
            if (changed !== null) editor?.setValue(changed);
          }}
        />
      ))}
      <button type="submit" className="hidden-visually">
        Run
      </button>
    </form>
  );
}

interface InputProps {
  readonly field: VariableField;
  readonly value: unknown;
  readonly readValues: ReadValues;
  readonly onChange: (text: string) => void;
}

const inputTypes: Readonly<Record<string, string>> = { date: "date", integer: "text", decimal: "text" };

function Input({ field, value: given, readValues, onChange }: InputProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [known, setKnown] = useState<readonly string[]>([]);
  const { name, kind, source, isRequired } = field;
  const value = showInput(typed, given, kind);
  const hint = field.default === undefined ? field.type : `${field.type}, ${field.default} unless given`;
  const choices = kind === "boolean" ? ["true", "false"] : field.options;
  const loadValues = () => {
    if (source && known.length === 0) void readValues(source).then(setKnown);
  };
  return (
    <label htmlFor={id} title={hint}>
      {name}
      {isRequired && <span aria-hidden="true"> *</span>}
      {choices.length > 0 ? (
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{field.default ?? "–"}</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <>
          <input
            id={id}
            type={inputTypes[kind] ?? "text"}
            inputMode={kind === "integer" ? "numeric" : kind === "decimal" ? "decimal" : undefined}
            value={value}
            required={isRequired}
            placeholder={field.default?.replaceAll('"', "")}
            list={source ? `${id}-values` : undefined}
            autoComplete="off"
            onFocus={loadValues}
            onChange={(event) => {
              setTyped(event.target.value);
              onChange(event.target.value);
            }}
          />
          {source && (
            <datalist id={`${id}-values`}>
              {known.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      )}
    </label>
  );
}

/** The text of an editor, as it is typed. */
function useEditorText(which: "queryEditor" | "variableEditor"): string {
  const editor = useGraphiQL((state) => state[which]);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!editor) return;
    setText(editor.getValue());
    const listener = editor.onDidChangeModelContent(() => setText(editor.getValue()));
    return () => listener.dispose();
  }, [editor]);
  return text;
}
