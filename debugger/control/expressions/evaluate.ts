/** Evaluates an expression over the stopped world. It reads records and calls twins; no instrumented code runs, nothing is written. */
import type { Expression } from '../../../server/language/expression.ts';
import { parseExpression } from '../../../server/language/parseExpression.ts';
import { typeName } from '../../inspect/struct.ts';
import { EvaluationError, type Found } from './found.ts';
import { callTwin, ENUMERATORS, FUNCTIONS } from './functions.ts';
import { readMember } from './members.ts';
import { type Names, unknownName } from './names.ts';
import { applyBinary, applyUnary, isTrue } from './operators.ts';

/** The expression of a text, or an EvaluationError that says what could not be read. */
export function parse(text: string): Expression {
  if (text.trim() === '') throw new EvaluationError('an expression is empty');
  const { expression, errors } = parseExpression(text);
  if (errors.length > 0) throw new EvaluationError(errorText(errors[0]!.message));
  return expression;
}

/** People try to set what they see. */
function errorText(message: string): string {
  return message.startsWith('Unexpected `=`') ? 'nothing can be set here, only looked at: == compares' : message;
}

export function evaluate(e: Expression, names: Names): Found {
  switch (e.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'constant':
      return { value: e.value };
    case 'address':
      return { value: e.value, format: 'ipv4' };
    case 'null':
      return { value: null };
    case 'endpoint':
      return { value: { kind: 'endpoint', address: e.address, port: e.port } };
    case 'name':
      return nameValue(e.name, names);
    case 'member':
      return readMember(evaluate(e.object, names).value, e.name);
    case 'index':
      return element(evaluate(e.object, names).value, evaluate(e.index, names).value);
    case 'call':
      return call(e, names);
    case 'list':
      return { value: { kind: 'list', items: e.elements.map((each) => evaluate(each, names).value) } };
    case 'unary':
      return { value: applyUnary(e.operator, evaluate(e.operand, names).value) };
    case 'binary':
      return { value: binary(e, names) };
    case 'conditional':
      return evaluate(isTrue(evaluate(e.test, names).value) ? e.then : e.otherwise, names);
    case 'missing':
      throw new EvaluationError('the expression is not complete');
  }
}

function nameValue(name: string, names: Names): Found {
  const found = names.lookup(name);
  if (found !== undefined) return found;
  const enumerator = ENUMERATORS.get(name);
  if (enumerator !== undefined) return { value: enumerator };
  throw unknownName(`nothing here is called ${name}`, name, [...names.all()]);
}

function element(value: unknown, index: unknown): Found {
  if (typeof index === 'string') return readMember(value, index);
  const items = elementsOf(value);
  if (items === undefined || typeof index !== 'number')
    throw new EvaluationError(`${typeName(value)} cannot be indexed by ${typeName(index)}`);
  if (!Number.isInteger(index) || index < 0 || index >= items.length)
    throw new EvaluationError(`there are ${items.length} elements, none is [${index}]`);
  return { value: items[index] };
}

function elementsOf(value: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(value) || value instanceof Uint8Array) return value;
  const of = value as { kind?: string; items?: unknown[]; bytes?: Uint8Array } | null;
  if (of?.kind === 'list') return of.items;
  return of?.kind === 'buffer' ? of.bytes : undefined;
}

function call(e: Expression & { kind: 'call' }, names: Names): Found {
  const twin = Object.hasOwn(FUNCTIONS, e.callee) ? FUNCTIONS[e.callee] : undefined;
  if (twin === undefined)
    throw unknownName(
      `no function ${e.callee} can be called here: looking changes nothing`,
      e.callee,
      Object.keys(FUNCTIONS),
    );
  return callTwin(
    e.callee,
    twin,
    e.arguments.map((each) => evaluate(each, names).value),
  );
}

function binary(e: Expression & { kind: 'binary' }, names: Names): unknown {
  const left = evaluate(e.left, names).value;
  if (e.operator === '&&') return isTrue(left) && isTrue(evaluate(e.right, names).value);
  if (e.operator === '||') return isTrue(left) || isTrue(evaluate(e.right, names).value);
  return applyBinary(e.operator, left, evaluate(e.right, names).value);
}
