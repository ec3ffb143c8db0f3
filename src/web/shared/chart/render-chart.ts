import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Spec } from "./fit-spec.ts";

export interface Picture {
  /** Shows other rows in the same picture. */
  show(rows: readonly object[]): Promise<void>;
  resize(width: number): Promise<void>;
  end(): void;
}

export interface PictureOptions {
  readonly spec: Spec;
  readonly rows: readonly object[];
  readonly width: number;
  readonly height: number;
  /** Told what is under the pointer (null: nothing any more), and where. */
  readonly onPoint: (datum: Readonly<Record<string, unknown>> | null, x: number, y: number) => void;
}

/** Nothing is fetched for a picture: it shows its rows. */
const closedLoader = {
  load: () => Promise.reject(new Error("A chart loads nothing.")),
  sanitize: () => Promise.reject(new Error("A chart links to nothing.")),
  http: () => Promise.reject(new Error("A chart loads nothing.")),
  file: () => Promise.reject(new Error("A chart loads nothing.")),
};

/**
 * Draws a spec over rows, as SVG. Expressions are interpreted, not compiled: the pages' policy allows no script made of texts.
 * @throws what Vega says of a spec that it cannot draw
 */
export async function renderChart(place: HTMLElement, options: PictureOptions): Promise<Picture> {
  const { spec, rows, width, height, onPoint } = options;
  const full = {
    ...spec,
    width,
    height: "height" in spec ? spec.height : height,
    // A height by steps (`{ "step": 18 }`) grows with what is shown.
    autosize: { type: typeof spec.height === "object" ? "fit-x" : "fit", contains: "padding" },
    background: "transparent",
    data: { name: "rows", values: rows },
    config: { ...config, ...(spec.config as object | undefined) },
  };
  // The spec came as JSON; Vega-Lite itself says what is wrong with it.
  const listener = createListener();
  const { spec: compiled } = compile(full as unknown as TopLevelSpec, { logger: listener.logger as never });
  listener.check();
  const view = new View(parse(compiled, undefined, { ast: true } as object), {
    renderer: "svg",
    container: place,
    hover: true,
    expr: expressionInterpreter,
    loader: closedLoader as never,
    logger: listener.logger as never,
    tooltip: () => undefined,
  } as ConstructorParameters<typeof View>[1]);
  view.addEventListener("pointermove", (event, item) => {
    const datum = item?.datum as Record<string, unknown> | undefined;
    const isMark = item?.mark && !["group", "rule"].includes(item.mark.marktype) && item.mark.role === "mark";
    const { clientX = 0, clientY = 0 } = event as unknown as PointerEvent;
    onPoint(isMark && datum ? ((datum.datum as typeof datum | undefined) ?? datum) : null, clientX, clientY);
  });
  const draw = async () => {
    await view.runAsync();
    listener.check();
  };
  try {
    await draw();
  } catch (error) {
    view.finalize();
    throw error;
  }
  return {
    async show(next) {
      view.data("rows", [...next]);
      await draw();
    },
    async resize(next) {
      await view.width(next).runAsync();
    },
    end: () => void view.finalize(),
  };
}

/** Keeps what Vega would only write to the console, so that whoever shows the picture can tell of it. */
function createListener() {
  let heard: unknown = null;
  const logger = {
    level: () => logger,
    error(...args: readonly unknown[]) {
      heard ??= args.find((one) => one instanceof Error) ?? args.join(" ");
      return logger;
    },
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return {
    logger,
    /** @throws Error that was heard since the last time */
    check() {
      const error = heard;
      heard = null;
      if (error !== null) throw error instanceof Error ? error : new Error(String(error));
    },
  };
}

/** Colours are those of the page, by name: they follow it into the night, and onto paper, without a new picture. */
const [text, quiet, line] = ["var(--text)", "var(--quiet)", "var(--line)"];
const series = Array.from({ length: 8 }, (_, index) => `var(--series-${index + 1})`);

const config = {
  // Widths of texts are measured in it, which knows no variables.
  font: "system-ui, sans-serif",
  view: { stroke: null },
  axis: {
    labelColor: quiet,
    titleColor: text,
    titleFontWeight: 600,
    titlePadding: 8,
    labelFontSize: 12,
    titleFontSize: 12,
    gridColor: line,
    domainColor: line,
    tickColor: line,
    labelOverlap: "greedy",
  },
  axisX: { grid: false },
  axisQuantitative: { tickCount: 5, format: ",~s" },
  legend: {
    labelColor: text,
    titleColor: text,
    labelFontSize: 12,
    titleFontSize: 12,
    orient: "bottom",
    columns: 4,
    symbolLimit: 24,
    columnPadding: 16,
  },
  title: { color: text },
  text: { color: text },
  range: { category: series },
  mark: { color: series[0] },
  bar: { cornerRadiusEnd: 2, discreteBandSize: { band: 0.75 } },
  line: { strokeWidth: 2, strokeJoin: "round" },
  point: { filled: true, size: 36 },
  arc: { stroke: "transparent", padAngle: 0.012 },
};
