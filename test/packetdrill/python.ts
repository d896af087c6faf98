/**
 * The Python of scripts' %{ }% blocks, as far as they use it: assert, assignment, +=, and expressions of numbers and names.
 *
 *   assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd; cwnd += 1
 */
type Variables = Map<string, number | string>;

const LEVELS: readonly (readonly string[])[] = [['or'], ['and'], ['==', '!=', '<=', '>=', '<', '>'], ['&'], ['+', '-'], ['*', '//', '%']];
const COMPARISONS = LEVELS[2]!;
const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b), '<=': (a, b) => Number(a <= b), '>=': (a, b) => Number(a >= b), '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b), '&': (a, b) => Number(BigInt(a) & BigInt(b)), '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b,
  '//': (a, b) => Math.floor(a / b), '%': (a, b) => a % b, and: (a, b) => (a ? b : a), or: (a, b) => (a ? a : b),
};

/** Runs a block; an Error tells of an assertion that does not hold. */
export function runCode(text: string, variables: Variables): void {
  for (const statement of text.replaceAll('\\\n', ' ').split(/[\n;]/).map((each) => each.replace(/#.*/, '').trim())) {
    if (statement === '' || statement.startsWith('print') || statement.startsWith('import')) continue;
    const assertion = /^assert\s+(.*)$/.exec(statement);
    const assignment = /^(\w+)\s*(\+?=)\s*([^=].*)$/.exec(statement);
    if (assertion !== null) check(assertion[1]!, variables);
    else if (assignment !== null) assign(assignment[1]!, assignment[2]!, assignment[3]!, variables);
    else throw new Error(`'${statement}' is not understood`);
  }
}

function check(text: string, variables: Variables): void {
  const reader = new Reader(text, variables);
  if (reader.expression(0)) return;
  const used = [...new Set(text.match(/tcpi_\w+/g) ?? [])].map((name) => `${name} is ${variables.get(name)}`);
  throw new Error(`assert ${text}: ${used.join(', ')}`);
}

function assign(name: string, operator: string, text: string, variables: Variables): void {
  const value = new Reader(text, variables).expression(0);
  variables.set(name, operator === '=' ? value : Number(variables.get(name)) + value);
}

class Reader {
  readonly #tokens: string[];
  readonly #variables: Variables;

  constructor(text: string, variables: Variables) {
    this.#tokens = text.match(/0x[0-9a-fA-F]+|\d+|\w+|\/\/|[=!<>]=|\S/g) ?? [];
    this.#variables = variables;
  }

  /** Of operators of `level` and those that bind tighter; comparisons may be chained. */
  expression(level: number): number {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#operand();
    let left = this.expression(level + 1);
    let holds = left;
    for (let chained = false; operators.includes(this.#tokens[0] ?? ''); chained = true) {
      const operator = this.#tokens.shift()!;
      const right = this.expression(level + 1);
      const value = OPERATIONS[operator]!(operators === COMPARISONS ? left : holds, right);
      holds = operators === COMPARISONS && chained ? holds && value : value;
      left = right;
    }
    return holds;
  }

  #operand(): number {
    const token = this.#tokens.shift() ?? '';
    if (token === '(') {
      const value = this.expression(0);
      this.#tokens.shift();
      return value;
    }
    if (token === '-') return -this.#operand();
    if (token === 'not') return Number(!this.expression(2));
    if (/^\d/.test(token)) return Number(token);
    const value = this.#variables.get(token);
    if (value === undefined) throw new Error(`no ${token}`);
    return Number(value);
  }
}
