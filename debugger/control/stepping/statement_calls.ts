/** Which calls a statement of a listing makes, read from its text: the tables know where statements begin, and whom they call nobody needs to know but who steps. */

export interface StatementCall {
  /** As it is written, without `!` and `as`: `ip_rcv_core`, `opsOf(sock).sendmsg`, `inputs[skb.dst.input]`. */
  readonly callee: string;
  /** Whether the arguments begin with `cpu`, as those of the kernel's functions do. */
  readonly withCpu: boolean;
  /** How many of this callee are made up to here, from 1; what stands before a `:` is not made where what stands behind it is. */
  readonly nth: number;
  /** Of the callee, from 1 and from 0, as the tables count. */
  readonly line: number;
  readonly column: number;
}

/** In the order in which they are made: arguments before what they are given to; those within a text's `${}` are left out. The statement, or the head of a loop, begins at `column` of `line`. */
export function callsOfStatement(text: string, line: number, column: number): StatementCall[] {
  const start = offsetOf(text, line) + column;
  if (FOR_EACH.test(text.slice(start, start + 200))) return [];
  const reader = new Reader(HEADED.test(text.slice(start, start + 8)));
  TOKEN.lastIndex = start;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text))
    if (!BLANK.test(match[0]) && !reader.take(match[0], match.index)) break;
  return reader.calls.map((call, i) => ({
    ...callAt(text, call, start, line, column),
    nth: 1 + reader.calls.filter((each, j) => j < i && !call.not.has(j) && sameCallee(text, each, call)).length,
  }));
}

/** White space, comments, strings, names and numbers, signs. */
const TOKEN = /\s+|\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[\w$]+|\?\.|[\s\S]/y;
const BLANK = /^(?:\s|\/\/|\/\*)/;
const NAME = /^[\w$]/;
/** What may stand before a parenthesis and is no callee. */
const WORDS = /^(?:if|for|while|switch|return|throw|yield|typeof|of|in|as|case|const|let|void|do|else|new|satisfies)$/;
/** Statements whose own part is the parenthesis behind the word. */
const HEADED = /^(?:if|for|while|switch)\b/;
/** A round of such a loop calls nothing: the list was made before. */
const FOR_EACH = /^(?:const|let) [^;=]* of /;

const sameCallee = (text: string, a: Written, b: Written): boolean =>
  text.slice(a.chain, a.end) === text.slice(b.chain, b.end);

interface Written {
  /** Where the callee begins. */
  readonly chain: number;
  /** Where it ends; -1: no call, but brackets of another kind. */
  readonly end: number;
  /** Calls that are not made when this one is. */
  readonly not: ReadonlySet<number>;
}

class Reader {
  readonly calls: Written[] = [];
  readonly #headed: boolean;
  readonly #open: Omit<Written, 'not'>[] = [];
  /** Conditions whose `:` is to come: how deep in brackets, and how many calls were read before. */
  readonly #conditions: { depth: number; calls: number }[] = [];
  #not: ReadonlySet<number> = new Set();
  /** Where the value begins that was read last. */
  #chain = 0;
  #isValue = false;
  #afterDot = false;

  constructor(headed: boolean) {
    this.#headed = headed;
  }

  /** False when the statement is over. */
  take(token: string, at: number): boolean {
    if (NAME.test(token)) this.#name(token, at);
    else if (token === '.' || token === '?.') this.#afterDot = true;
    else if ('([{'.includes(token)) this.#opens(token, at);
    else if (')]}'.includes(token)) return this.#closes(token);
    else if (token === ';' && this.#open.length === 0) return false;
    else if (token !== '!') this.#sign(token);
    return true;
  }

  #name(token: string, at: number): void {
    this.#isValue = this.#afterDot || !WORDS.test(token);
    if (!this.#afterDot) this.#chain = at;
    this.#afterDot = false;
  }

  #sign(token: string): void {
    this.#isValue = this.#afterDot = false;
    if (token === '?') this.#conditions.push({ depth: this.#open.length, calls: this.calls.length });
    const condition = this.#conditions.at(-1);
    if (token !== ':' || condition?.depth !== this.#open.length) return;
    this.#conditions.pop();
    const before = this.calls.map((_, i) => i).slice(condition.calls);
    this.#not = new Set([...this.#not, ...before]);
  }

  #opens(token: string, at: number): void {
    const calls = token === '(' && this.#isValue;
    this.#open.push({ chain: this.#isValue ? this.#chain : at, end: calls ? at : -1 });
    this.#isValue = this.#afterDot = false;
  }

  #closes(token: string): boolean {
    const opened = this.#open.pop();
    if (opened === undefined) return false;
    if (opened.end >= 0) this.calls.push({ ...opened, not: this.#not });
    this.#chain = opened.chain;
    this.#isValue = token !== '}';
    return !(this.#headed && this.#open.length === 0);
  }
}

function callAt(
  text: string,
  { chain, end }: Written,
  start: number,
  line: number,
  column: number,
): Omit<StatementCall, 'nth'> {
  const lines = text.slice(start, chain).split('\n');
  return {
    callee: text
      .slice(chain, end)
      .replace(/^\((.*)\)$|\?\.$/, '$1')
      .replace(/ as [^\])]+/g, '')
      .replace(/!(?=[.[\](]|$)/g, ''),
    withCpu: /^\(\s*cpu\s*[,)]/.test(text.slice(end, end + 80)),
    line: line + lines.length - 1,
    column: (lines.length === 1 ? column : 0) + lines.at(-1)!.length,
  };
}

function offsetOf(text: string, line: number): number {
  let offset = 0;
  for (let i = 1; i < line; i++) offset = text.indexOf('\n', offset) + 1;
  return offset;
}
