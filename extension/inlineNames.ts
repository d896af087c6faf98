/** Which names of a document get their value drawn beside them when a run stops. Pure functions over the lines. */
import { chainsOf, withoutCommentsAndStrings } from './expressionAt.ts';

export interface NameInLine {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly expression: string;
}

/** More would slow the stop down and hide the code. */
const atMost = 100;

/** Every kernel function has it and it is the same on every line: it would only hide the code. */
const CPU = 'cpu';

/** Names and member chains of the enclosing kernel function, from its head to the stopped line. */
export function listingNames(lines: readonly string[], stoppedLine: number): NameInLine[] {
  const first = lastMatching(lines, stoppedLine, /^(?:export\s+)?function\b/);
  if (first < 0) return [];
  const bodyStart = lines.findIndex((line, index) => index >= first && /\{\s*$/.test(withoutCommentsAndStrings(line)));
  const names: NameInLine[] = [];
  for (let line = first; line <= stoppedLine; line++) {
    const text = lines[line] ?? '';
    names.push(...(line <= bodyStart ? parameters(text, line) : valuesOf(text, line)));
  }
  const unborn = declaredAt(lines[stoppedLine] ?? '');
  const worth = names.filter(
    ({ line, expression }) => expression !== CPU && (line !== stoppedLine || !unborn.has(expression)),
  );
  return worth.slice(-atMost);
}

/** The stopped line is still to run: what it declares has no value to draw. */
function declaredAt(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\b(?:const|let)\s+(\w+)/g)].map((match) => match[1]!));
}

/** `cpu: Cpu, skb: sk_buff` in a function's head: the names, not the types. */
function parameters(text: string, line: number): NameInLine[] {
  const found = withoutCommentsAndStrings(text).matchAll(/(\w+)\??:/g);
  return [...found].map(({ 1: name = '', index }) => ({
    line,
    start: index,
    end: index + name.length,
    expression: name,
  }));
}

/** What a statement reads or writes, each once: no keywords, constants, calls, keys or types. */
function valuesOf(text: string, line: number): NameInLine[] {
  const code = withoutTypes(withoutCommentsAndStrings(text));
  const wanted = chainsOf(code).filter(({ end, expression }) => isValue(expression, code.slice(end)));
  const unique = new Map(wanted.map((chain) => [chain.expression, chain]));
  return [...unique.values()].map((chain) => ({ line, ...chain }));
}

/** `const x: T = ...` and `x as T` lose their types; columns stay. */
function withoutTypes(code: string): string {
  const blank = (text: string): string => ' '.repeat(text.length);
  return code.replace(/(?<=\b(?:const|let)\s+\w+)\s*:[^=]+(?==)/, blank).replace(/\bas\s+[\w.[\]|]+/g, blank);
}

const keywords = new Set(
  'as break case const continue default do else export false for function if import in let new null of return switch this true typeof undefined var void while yield'.split(
    ' ',
  ),
);

function isValue(expression: string, after: string): boolean {
  const isCall = /^\s*\(/.test(after);
  const isKey = /^\s*:(?!:)/.test(after) && !expression.includes('.');
  const isConstant = /^[A-Z][A-Z0-9_]*$/.test(expression.split('.')[0]!);
  return !isCall && !isKey && !isConstant && !keywords.has(expression);
}

/** The variables of the enclosing process wherever they stand, from its head to the stopped line. */
export function scenarioNames(lines: readonly string[], stoppedLine: number): NameInLine[] {
  const first = lastMatching(lines, stoppedLine, /^\s*process\b/);
  if (first < 0) return [];
  const codes = lines.slice(first, stoppedLine + 1).map(withoutCommentsAndStrings);
  const variables = new Set(codes.flatMap(assignedNames));
  const names = codes.flatMap((code, index) => namesIn(code, first + index, variables));
  return names.slice(-atMost);
}

function assignedNames(code: string): string[] {
  const forms = [/(?:^|[{;])\s*(\w+)\s*=(?!=)/g, /\beach\s+(\w+)\s+in\b/g];
  return forms.flatMap((form) => [...code.matchAll(form)].map((match) => match[1]!));
}

function namesIn(code: string, line: number, variables: ReadonlySet<string>): NameInLine[] {
  const chains = chainsOf(code).filter(({ expression }) => variables.has(expression.split(/[.[]/)[0]!));
  const unique = new Map(chains.map((chain) => [chain.expression, chain]));
  return [...unique.values()].map((chain) => ({ line, ...chain }));
}

function lastMatching(lines: readonly string[], from: number, form: RegExp): number {
  for (let line = Math.min(from, lines.length - 1); line >= 0; line--) if (form.test(lines[line]!)) return line;
  return -1;
}
