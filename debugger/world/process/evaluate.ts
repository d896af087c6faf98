/** Expressions of a process: those without calls at once, those with system calls as frames that can wait. */
import type { Expression } from '../../../server/language/expression.ts';
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { call } from './calls.ts';
import { binary, element, failed, member, unary } from './operators.ts';
import type { Outcome } from './operators.ts';
import { isTrue } from './value.ts';
import type { Program, Value } from './value.ts';

/** Whether evaluating it may enter the kernel. */
function callsOut(e: Expression): boolean {
  switch (e.kind) {
    case 'call':
      return true;
    case 'member':
      return callsOut(e.object);
    case 'index':
      return callsOut(e.object) || callsOut(e.index);
    case 'list':
      return e.elements.some(callsOut);
    case 'unary':
      return callsOut(e.operand);
    case 'binary':
      return callsOut(e.left) || callsOut(e.right);
    case 'conditional':
      return callsOut(e.test) || callsOut(e.then) || callsOut(e.otherwise);
    default:
      return false;
  }
}

/** Evaluates; on failure the program is stopped with the reason in `program.error` and the answer is null. */
export function* evaluate(cpu: Cpu, program: Program, e: Expression): Resumable<Value> {
  if (!callsOut(e)) return settle(program, plainly(program, e));
  let outcome: Outcome = null;
  if (e.kind === 'call') {
    outcome = yield* evaluateCall(cpu, program, e);
  } else if (e.kind === 'binary') {
    outcome = yield* evaluateBinary(cpu, program, e);
  } else if (e.kind === 'unary') {
    const operand = yield* evaluate(cpu, program, e.operand);
    outcome = unary(e.operator, operand);
  } else if (e.kind === 'member') {
    const object = yield* evaluate(cpu, program, e.object);
    outcome = member(object, e.name);
  } else if (e.kind === 'index') {
    const object = yield* evaluate(cpu, program, e.object);
    const index = yield* evaluate(cpu, program, e.index);
    outcome = element(object, index);
  } else if (e.kind === 'list') {
    const items = yield* evaluateAll(cpu, program, e.elements);
    outcome = { kind: 'list', items };
  } else if (e.kind === 'conditional') {
    const test = yield* evaluate(cpu, program, e.test);
    outcome = yield* evaluate(cpu, program, isTrue(test) ? e.then : e.otherwise);
  }
  return settle(program, outcome);
}

/** A failure stops the program; whoever evaluates further sees `program.error`. */
function settle(program: Program, outcome: Outcome): Value {
  if (!failed(outcome)) return outcome;
  if (program.error === null) program.error = outcome.failure;
  return null;
}

function* evaluateBinary(cpu: Cpu, program: Program, e: Expression & { kind: 'binary' }): Resumable<Outcome> {
  const left = yield* evaluate(cpu, program, e.left);
  if (e.operator === '&&' && !isTrue(left)) return 0;
  if (e.operator === '||' && isTrue(left)) return 1;
  const right = yield* evaluate(cpu, program, e.right);
  if (e.operator === '&&' || e.operator === '||') return Number(isTrue(right));
  return binary(e.operator, left, right);
}

function* evaluateCall(cpu: Cpu, program: Program, e: Expression & { kind: 'call' }): Resumable<Outcome> {
  const values = yield* evaluateAll(cpu, program, e.arguments);
  if (program.error !== null) return null;
  return yield* call(cpu, program, e.callee, values);
}

/** The values in their order; it stops at the first that fails. */
function* evaluateAll(cpu: Cpu, program: Program, expressions: readonly Expression[]): Resumable<Value[]> {
  const values: Value[] = [];
  for (let i = 0; i < expressions.length; i++) {
    const expression = expressions[i]!;
    let value: Value = null;
    if (callsOut(expression)) value = yield* evaluate(cpu, program, expression);
    else value = settle(program, plainly(program, expression));
    if (program.error !== null) break;
    values.push(value);
  }
  return values;
}

/** Evaluates an expression that calls nothing. */
export function plainly(program: Program, e: Expression): Outcome {
  switch (e.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'address':
    case 'constant':
      return e.value;
    case 'endpoint':
      return { kind: 'endpoint', address: e.address, port: e.port };
    case 'name':
      return variable(program, e.name);
    case 'member':
      return lift(plainly(program, e.object), (object) => member(object, e.name));
    case 'index':
      return lift(plainly(program, e.object), (object) => lift(plainly(program, e.index), (index) => element(object, index)));
    case 'list':
      return plainList(program, e.elements);
    case 'unary':
      return lift(plainly(program, e.operand), (operand) => unary(e.operator, operand));
    case 'binary':
      return plainBinary(program, e);
    case 'conditional':
      return lift(plainly(program, e.test), (test) => plainly(program, isTrue(test) ? e.then : e.otherwise));
    default:
      return null;
  }
}

function plainList(program: Program, elements: readonly Expression[]): Outcome {
  const items: Value[] = [];
  for (const each of elements) {
    const item = plainly(program, each);
    if (failed(item)) return item;
    items.push(item);
  }
  return { kind: 'list', items };
}

function plainBinary(program: Program, e: Expression & { kind: 'binary' }): Outcome {
  const left = plainly(program, e.left);
  if (failed(left)) return left;
  if (e.operator === '&&' && !isTrue(left)) return 0;
  if (e.operator === '||' && isTrue(left)) return 1;
  return lift(plainly(program, e.right), (right) =>
    e.operator === '&&' || e.operator === '||' ? Number(isTrue(right)) : binary(e.operator, left, right));
}

function lift(outcome: Outcome, then: (value: Value) => Outcome): Outcome {
  return failed(outcome) ? outcome : then(outcome);
}

function variable(program: Program, name: string): Outcome {
  if (name === 'errno') return program.errno;
  const value = program.variables[name];
  return value === undefined ? { failure: `'${name}' has no value yet` } : value;
}
