/** Reads a packetdrill script from left to right; white space and comments between tokens do not count. */
export class Scanner {
  readonly #text: string;
  #at = 0;
  #defines: Readonly<Record<string, string>> = {};

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  /** Words that stand for others from here on. */
  define(defines: Readonly<Record<string, string>>): void {
    this.#defines = defines;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** 1-based. */
  line(): number {
    return this.#text.slice(0, this.#at).split('\n').length;
  }

  sees(token: string): boolean {
    return this.#text.startsWith(token, this.#at);
  }

  /** Goes past `token` if it comes next. */
  take(token: string): boolean {
    if (!this.sees(token)) return false;
    this.#at += token.length;
    this.#skip();
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail(`'${token}' expected`);
  }

  /** Goes past what a sticky expression matches here. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text);
    if (found === null) return null;
    this.#at += found[0].length;
    this.#skip();
    return found;
  }

  need(expression: RegExp, what: string): RegExpExecArray {
    return this.match(expression) ?? this.fail(`${what} expected`);
  }

  seconds(): number {
    return Number(this.need(/\d*\.?\d+|\d+\./y, 'a time')[0]);
  }

  integer(): number {
    return Number(this.need(/-?(?:0x[0-9a-fA-F]+|\d+)/y, 'a number')[0]);
  }

  /** A name, or what it was defined to be. */
  word(): string {
    const word = this.need(/[A-Za-z_]\w*/y, 'a name')[0];
    return this.#defines[word] ?? word;
  }

  /** `text` with the words in it that were defined to be others. */
  expand(text: string): string {
    return text.replace(/[A-Z_]{2,}/g, (word) => this.#defines[word] ?? word);
  }

  /** What follows a construct as a remark in parentheses. */
  remark(): void {
    while (this.match(/\([^()]*\)/y) !== null);
  }

  fail(message: string): never {
    throw new Error(`line ${this.line()}: ${message} at '${this.#text.slice(this.#at, this.#at + 20).replace(/\s+/g, ' ')}'`);
  }

  #skip(): void {
    const gap = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*)*/y;
    gap.lastIndex = this.#at;
    this.#at += gap.exec(this.#text)![0].length;
  }
}
