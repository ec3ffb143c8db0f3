import EditorWorker from "monaco-editor/esm/vs/editor/editor.worker.js?worker";
import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphqlWorker from "monaco-graphql/esm/graphql.worker.js?worker";

/** Tells the editors where their workers are: files of ours, which the page's policy allows. */
export function provideWorkers(): void {
  Object.assign(globalThis, {
    MonacoEnvironment: {
      getWorker(_: string, label: string): Worker {
        if (label === "json") return new JsonWorker();
        return label === "graphql" ? new GraphqlWorker() : new EditorWorker();
      },
    },
  });
}
