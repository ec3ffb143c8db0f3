import { useGraphiQL } from "@graphiql/react";
import { type FormEvent, useRef, useState } from "react";
import { splitWords } from "../shared/chart/chart-rows.ts";
import { toCsv, toSpreadsheet } from "../shared/table/write-rows.ts";
import type { DescribedTable } from "./describe-run.ts";
import { type View, writeLink } from "./link.ts";
import type { Run } from "./runs.ts";
import type { SavedExamples } from "./saved-examples.ts";
import { copyText, saveFile, toFileName } from "./take-away.ts";

interface ResultActionsProps {
  readonly run: Run | null;
  readonly table: DescribedTable | undefined;
  readonly view: View;
  readonly saved: SavedExamples;
}

/** The ways to take an answer, or its question, along. */
export function ResultActions({ run, table, view, saved }: ResultActionsProps) {
  const [said, setSaid] = useState("");
  const { areThere, query, variables } = useEditorTexts();
  const title = run?.operationName ?? "answer";
  const saveCsv = () => {
    if (table) saveFile(`${toFileName(title)}.csv`, "text/csv", toCsv(table));
    setSaid(`Saved ${table?.rows.length} rows.`);
  };
  const copy = async (text: string, what: string) =>
    setSaid((await copyText(text)) ? `${what} copied.` : "The browser does not let the page copy.");
  return (
    <div className="result-actions">
      <button
        type="button"
        disabled={!table}
        onClick={saveCsv}
        title="Save the list as a file of comma-separated values"
      >
        CSV
      </button>
      <button
        type="button"
        disabled={!table}
        onClick={() => table && copy(toSpreadsheet(table), `${table.rows.length} rows`)}
        title="Copy the list, to be pasted into a spreadsheet"
      >
        Copy for a spreadsheet
      </button>
      <button
        type="button"
        disabled={!areThere}
        onClick={() => {
          const link = writeLink({ query: query(), variables: variables(), view });
          void copy(new URL(link, location.href).href, "Link");
        }}
        title="Copy a link that opens this operation, its variables and this view"
      >
        Copy link
      </button>
      <SaveButton
        isDisabled={!areThere}
        suggest={() => nameOf(query())}
        onSave={(name) => {
          const isSaved = saved.save({ title: name, query: query(), variables: variables() });
          setSaid(
            isSaved ? `Saved as “${name}”, among the examples.` : "The browser does not let the page save.",
          );
        }}
      />
      <span className="result-said" role="status">
        {said}
      </span>
    </div>
  );
}

function SaveButton({
  isDisabled,
  suggest,
  onSave,
}: {
  readonly isDisabled: boolean;
  readonly suggest: () => string;
  readonly onSave: (name: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState("");
  const open = () => {
    setName(suggest());
    dialog.current?.showModal();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    dialog.current?.close();
    onSave(name.trim());
  };
  return (
    <>
      <button
        type="button"
        disabled={isDisabled}
        onClick={open}
        title="Keep this operation in the list of examples, in this browser"
      >
        Save as example
      </button>
      <dialog ref={dialog} className="save-dialog" aria-label="Save as example">
        <form onSubmit={submit}>
          <label>
            Title
            <input
              value={name}
              required
              pattern=".*\S.*"
              title="A name, by which the list shows it"
              maxLength={80}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <div>
            <button type="submit">Save</button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** Readers of what stands in the editors of the tab in front, once these are loaded. */
function useEditorTexts() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  return {
    areThere: queryEditor !== undefined && variableEditor !== undefined,
    query: () => queryEditor?.getValue() ?? "",
    variables: () => {
      const text = variableEditor?.getValue() ?? "";
      return text.trim() === "" ? null : text;
    },
  };
}

/** `query SalesPerMonth` → `Sales per month`. */
function nameOf(query: string): string {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? "";
  const words = splitWords(name).join(" ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
