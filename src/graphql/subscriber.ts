import { createHash } from "node:crypto";
import { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { Filter } from "../stores/document-store.ts";
import { matchesFilter } from "../stores/match-filter.ts";

/** The newest state of a document that a subscriber asked for; null when it is gone or no longer fits. */
export interface Change {
  readonly id: DocumentId;
  readonly document: Document | null;
}

export interface Interest {
  /** Null: all ids. */
  readonly ids: readonly DocumentId[] | null;
  readonly where: Filter | null;
  /** How documents look to it, of which only changes that it sees are news. Default: as they are. */
  readonly show?: ((document: Document) => Document) | undefined;
  /** Whether some documents are not there for it: of one that cannot be read nobody knows. */
  readonly isGuarded?: boolean;
}

/** Documents that one subscriber may follow. */
const MAX_FOLLOWED = 10_000;

/** Tells states of a document apart, so that nobody is told the same twice; 27 bytes instead of the document. */
export const fingerprint = (document: Document): string =>
  createHash("sha1").update(JSON.stringify(document)).digest("base64url");

/**
 * What one client follows, and what waits for it: the newest state of each document, however slowly it reads, so
 * memory is bounded by the documents it follows.
 */
export class Subscriber implements AsyncIterableIterator<Change> {
  readonly interest: Interest;
  #needsSnapshot = true;
  #isNew = true;
  readonly #model: DocumentModel;
  readonly #ids: ReadonlySet<DocumentId> | null;
  readonly #leave: () => void;
  /** Documents that are there, each with the state that it has been told of or that waits. */
  readonly #known = new Map<DocumentId, string>();
  /** Documents that its client has: only their end is news. */
  readonly #given = new Set<DocumentId>();
  /** What it has not taken yet, newest state only. */
  readonly #waiting = new Map<DocumentId, Change>();
  /** Documents that the snapshot under way has not shown. */
  #missing: Set<DocumentId> = new Set();
  #isInDoubt = false;
  #failure: unknown;
  #isDone = false;
  #wake: (() => void) | undefined;

  constructor(model: DocumentModel, interest: Interest, leave: () => void) {
    this.#model = model;
    this.interest = interest;
    this.#ids = interest.ids ? new Set(interest.ids) : null;
    this.#leave = leave;
    // A client that connects again may still have a document that went meanwhile.
    for (const id of interest.ids ?? []) this.#given.add(id);
  }

  get needsSnapshot(): boolean {
    return this.#needsSnapshot;
  }

  /** It has seen no snapshot to its end yet. */
  get isNew(): boolean {
    return this.#isNew;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  follows(id: DocumentId): boolean {
    return this.#ids?.has(id) ?? true;
  }

  /** A document has changed. */
  take(id: DocumentId, document: Document | null, state: string | null): void {
    if (!this.follows(id) || this.#needsSnapshot) return;
    if (document !== null && this.#fits(document)) this.#put(id, document, state);
    else if (this.#known.has(id)) this.#remove(id);
  }

  beginSnapshot(): void {
    this.#isInDoubt = false;
    this.#missing = new Set(this.#isNew ? this.interest.ids : this.#known.keys());
  }

  /** A document is there, says a snapshot. */
  takeSnapshot(id: DocumentId, document: Document, state: string): void {
    if (!this.follows(id) || !this.#fits(document) || this.hasFailed) return;
    this.#missing.delete(id);
    this.#put(id, document, state);
  }

  /** A document is there, and cannot be read: what was told of it stands until it can. */
  keep(id: DocumentId): void {
    if (this.interest.isGuarded && !this.#known.has(id)) return;
    this.#missing.delete(id);
  }

  /** The snapshot has shown all: what it has not shown is gone. */
  endSnapshot(): void {
    for (const id of this.#missing) this.#remove(id);
    this.#isNew = false;
    this.#needsSnapshot = this.#isInDoubt;
  }

  /** Some changes may have been missed: it wants another snapshot, also when one is under way. */
  doubt(): void {
    this.#isInDoubt = true;
    this.#needsSnapshot = true;
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#wake?.();
  }

  #fits(document: Document): boolean {
    const { where } = this.interest;
    return !where || matchesFilter(this.#model, where, document);
  }

  #put(id: DocumentId, whole: Document, ofWhole: string | null): void {
    const { show } = this.interest;
    const document = show ? show(whole) : whole;
    const state = show ? fingerprint(document) : ofWhole;
    if (state === null || this.#known.get(id) === state) return;
    this.#known.set(id, state);
    if (this.#known.size > MAX_FOLLOWED)
      this.fail(
        new VitrineError(
          "LIMIT_EXCEEDED",
          `A subscription follows ${MAX_FOLLOWED} documents at most. Narrow it with ids or where.`,
        ),
      );
    this.#tell({ id, document });
  }

  #remove(id: DocumentId): void {
    this.#known.delete(id);
    // One that came and went before its client looked is no news.
    if (this.#given.has(id)) this.#tell({ id, document: null });
    else this.#waiting.delete(id);
  }

  #tell(change: Change): void {
    // Set anew at the end: the one that changed last is told last.
    this.#waiting.delete(change.id);
    this.#waiting.set(change.id, change);
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Change>> {
    while (!this.#isDone) {
      if (this.#failure !== undefined) {
        await this.return();
        throw this.#failure;
      }
      const [change] = this.#waiting.values();
      if (change) {
        this.#waiting.delete(change.id);
        if (change.document) this.#given.add(change.id);
        else this.#given.delete(change.id);
        return { done: false, value: change };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Change>> {
    if (!this.#isDone) {
      this.#isDone = true;
      this.#leave();
      this.#wake?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
