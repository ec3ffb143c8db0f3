/** What is wrong with a document, and where; the path is completed on the way out of the nesting. */
export class DocumentFault extends Error {
  readonly path: (string | number)[] = [];

  /** Adds the step that led here. */
  within(step: string | number): this {
    this.path.unshift(step);
    return this;
  }

  /** `orders[3].total`; `the document` at the top. */
  get place(): string {
    const text = this.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
    return text === "" ? "the document" : text.replace(/^\./, "");
  }
}

/** MariaDB's own limit is 32; text of anybody else's must not use up the stack. */
const deepest = 100;

/** @throws DocumentFault that names the problem; whoever reads a document adds the place */
export const fault = (problem: string): never => {
  throw new DocumentFault(problem);
};

/**
 * Reads JSON text token by token. The reader says what it expects, so numbers are taken as the text they
 * are: `JSON.parse` would have rounded them before anybody could ask.
 */
export class JsonCursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }

  /** Takes `token` if it comes next, after blanks. */
  take(token: string): boolean {
    this.skipBlanks();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** Takes `token`. @throws DocumentFault when something else comes. */
  expect(token: string): void {
    if (!this.take(token)) fault(`is not valid JSON: expected ${token} but found ${this.describeNext()}`);
  }

  readNull(): boolean {
    return this.take("null");
  }

  /** The next string. @throws DocumentFault */
  readString(): string {
    this.skipBlanks();
    const { text } = this;
    if (text.charCodeAt(this.at) !== 34) fault(`expected a string, found ${this.describeNext()}`);
    let end = text.indexOf('"', this.at + 1);
    if (end < 0) fault("is not valid JSON: a string has no end");
    const plain = text.slice(this.at + 1, end);
    if (!plain.includes("\\")) {
      this.at = end + 1;
      return plain;
    }
    for (end = this.at + 1; text.charCodeAt(end) !== 34; end++) {
      if (end >= text.length) fault("is not valid JSON: a string has no end");
      if (text.charCodeAt(end) === 92) end++;
    }
    const quoted = text.slice(this.at, end + 1);
    this.at = end + 1;
    return readEscapes(quoted);
  }

  /** The text of the next number. @throws DocumentFault */
  readNumber(): string {
    this.skipBlanks();
    const { text } = this;
    const start = this.at;
    let code = text.charCodeAt(start);
    if (code !== 45 && !(code >= 48 && code <= 57)) fault(`expected a number, found ${this.describeNext()}`);
    // Digits, signs, point, e, E: what exactly a number may look like is for its kind to say.
    while ((code >= 48 && code <= 57) || code === 45 || code === 46 || code === 43 || (code | 32) === 101)
      code = text.charCodeAt(++this.at);
    return text.slice(start, this.at);
  }

  /** Passes over the next value, whatever it is. @throws DocumentFault also when it is nested too deeply */
  skipValue(depth = 1): void {
    if (depth > deepest) fault(`is nested more than ${deepest} deep`);
    if (this.take("{")) {
      if (this.take("}")) return;
      do {
        this.readString();
        this.expect(":");
        this.skipValue(depth + 1);
      } while (this.take(","));
      this.expect("}");
    } else if (this.take("[")) {
      if (this.take("]")) return;
      do this.skipValue(depth + 1);
      while (this.take(","));
      this.expect("]");
    } else if (this.text.charCodeAt(this.at) === 34) this.readString();
    else if (!this.take("true") && !this.take("false") && !this.take("null")) this.readNumber();
  }

  /** The kind of the next value. Never the value: it may be personal data. */
  describeNext(): string {
    this.skipBlanks();
    const next = this.text.charAt(this.at);
    if (next === "") return "the end";
    if (next === '"') return "a string";
    if (next === "{") return "an object";
    if (next === "[") return "a list";
    if (/[-\d]/.test(next)) return "a number";
    return /^(?:true|false|null)/.exec(this.text.slice(this.at, this.at + 5))?.[0] ?? `"${next}"`;
  }
}

function readEscapes(quoted: string): string {
  let value = "";
  try {
    // A quoted JSON string parses to a string.
    value = JSON.parse(quoted) as string;
  } catch {
    fault("is not valid JSON: a string has a wrong escape");
  }
  if (/\p{Surrogate}/u.test(value)) fault("holds half of a surrogate pair, which has no UTF-8 form");
  return value;
}
