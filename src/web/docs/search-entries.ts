import MiniSearch from "minisearch";
import type { Entry } from "./page-settings.ts";

/** An entry that was found, and the fields of it that were meant. */
export interface Found {
  readonly entry: Entry;
  readonly fields: readonly string[];
}

interface Indexed {
  readonly id: number;
  readonly name: string;
  readonly fields: string;
  readonly text: string;
}

/** `orderDetails.unit_price` as words, beside the whole. */
const toTerms = (text: string): readonly string[] => {
  const words = text.split(/[^\p{L}\p{N}_]+/u).filter((word) => word !== "");
  const parts = words.flatMap((word) => [word, ...word.split(/_|(?<=\p{Ll})(?=\p{Lu})/u)]);
  return [...new Set(parts.map((part) => part.toLowerCase()).filter((part) => part !== ""))];
};

/** Makes a search over names, fields and descriptions, best first; beginnings of words are enough, and one letter may be wrong. */
export function createEntrySearch(entries: readonly Entry[]): (words: string) => readonly Found[] {
  const index = new MiniSearch<Indexed>({
    fields: ["name", "fields", "text"],
    tokenize: (text) => [...toTerms(text)],
    processTerm: (term) => term,
    searchOptions: {
      boost: { name: 6, fields: 2 },
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 1 : false),
      combineWith: "AND",
      tokenize: (text) =>
        text
          .toLowerCase()
          .split(/[^\p{L}\p{N}_]+/u)
          .filter((word) => word !== ""),
    },
  });
  index.addAll(
    entries.map(({ name, domain, kind, description, fields }, id) => ({
      ...{ id, name },
      fields: fields.map((field) => field.name).join(" "),
      text: [description, domain, kind, ...fields.map((field) => field.description)].join(" "),
    })),
  );
  return (words) =>
    index.search(words).flatMap(({ id, queryTerms }): readonly Found[] => {
      const entry = entries[id];
      return entry ? [{ entry, fields: fieldsThatMatch(entry, queryTerms) }] : [];
    });
}

const fieldsThatMatch = ({ fields }: Entry, terms: readonly string[]): readonly string[] =>
  fields
    .filter(({ name, description }) =>
      terms.some((term) => `${name} ${description}`.toLowerCase().includes(term)),
    )
    .map(({ name }) => name)
    .slice(0, 6);
