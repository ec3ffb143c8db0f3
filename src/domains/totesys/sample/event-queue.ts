import type { LiveEvent } from "../../../models/project.ts";

/** What is to happen, the earliest first. */
export interface EventQueue {
  /** `toEvent` is called when its moment has come. */
  add(at: number, toEvent: (at: number) => LiveEvent): void;
  /** Takes the earliest. @throws Error when there is none: what never ends has a next. */
  next(): LiveEvent;
}

/** A queue of some hundred events: a list in order, of moments in whole milliseconds. */
export function createQueue(): EventQueue {
  const list: { readonly at: number; readonly toEvent: (at: number) => LiveEvent }[] = [];
  return {
    add(at, toEvent) {
      const moment = Math.floor(at);
      const after = list.findLastIndex((one) => one.at <= moment);
      list.splice(after + 1, 0, { at: moment, toEvent });
    },
    next() {
      const first = list.shift();
      if (!first) throw new Error("Nothing is to happen any more.");
      return first.toEvent(first.at);
    },
  };
}
