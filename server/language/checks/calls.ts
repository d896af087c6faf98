/** System calls: is there one of that name, and do its arguments fit. */
import { dimensionOf } from '../dimensions.ts';
import type { Dimension, Expression } from '../expression.ts';
import type { ArgumentType, Parameter, SyscallSchema } from '../schema/shapes.ts';
import { SYSCALLS } from '../schema/syscalls.ts';
import { DIMENSION_NAMES, unitList } from '../schema/units.ts';
import { type Reporter, suggestion } from './reporter.ts';

type Call = Expression & { kind: 'call' };

export function checkCall(reporter: Reporter, call: Call): void {
  const schema = SYSCALLS.get(call.callee);
  if (!schema) {
    const { hint, fixes } = suggestion(call.callee, call.calleeRange, SYSCALLS.keys());
    reporter.report('NP1402', call.calleeRange, `No system call \`${call.callee}\` is known.${hint}`, { fixes });
  } else if (!hasRightCount(call, schema)) {
    reporter.report('NP1403', call.range, `\`${call.callee}\` takes ${countText(schema)}: \`${signature(schema)}\`.`);
  } else {
    call.arguments.forEach((each, index) => {
      checkArgument(reporter, each, schema.parameters[index]!, call.callee);
    });
    if (call.callee === 'setsockopt') checkOptionUnit(reporter, call);
  }
}

/** Options whose C type is a struct of seconds and fractions; the others count in a unit of their own. */
const TIMED_OPTIONS: ReadonlySet<string> = new Set(['SO_RCVTIMEO', 'SO_SNDTIMEO', 'SO_LINGER']);

function checkOptionUnit({ report, text }: Reporter, call: Call): void {
  const [, , option, value] = call.arguments;
  if (option?.kind !== 'constant' || value === undefined || TIMED_OPTIONS.has(option.name)) return;
  if (dimensionOf(value, () => {}) !== 'ns') return;
  const shown = text.slice(value.range.start, value.range.end);
  report('NP1404', value.range, `\`${option.name}\` is a plain number in the option's own unit, ${shown} is a time.`);
}

function hasRightCount(call: Call, { parameters }: SyscallSchema): boolean {
  const { length } = call.arguments;
  return length <= parameters.length && (length === parameters.length || parameters[length]!.optional);
}

function countText({ parameters }: SyscallSchema): string {
  const least = parameters.filter((each) => !each.optional).length;
  const range = least === parameters.length ? String(least) : `${least} to ${parameters.length}`;
  return `${range} argument${range === '1' ? '' : 's'}`;
}

/** `recv(fd, size, [flags])`. */
export function signature({ name, parameters }: SyscallSchema): string {
  return `${name}(${parameters.map((each) => (each.optional ? `[${each.name}]` : each.name)).join(', ')})`;
}

const WANTED: Readonly<Record<ArgumentType, string>> = {
  fd: 'a descriptor',
  flags: 'flags',
  endpoint: 'an address with a port (10.0.0.1:7)',
  data: 'a string, a buffer or a size',
  'buffer size': 'a size',
  time: `a time (${unitList('ns')})`,
  number: 'a number',
  any: 'a value',
};

const DIMENSIONS: Readonly<Record<ArgumentType, readonly Dimension[]>> = {
  fd: ['none'],
  flags: ['none'],
  endpoint: [],
  data: ['none', 'bytes'],
  'buffer size': ['none', 'bytes'],
  time: ['ns'],
  number: ['none', 'bytes'],
  any: ['none', 'bytes', 'ns'],
};

function checkArgument({ report, text }: Reporter, argument: Expression, parameter: Parameter, callee: string): void {
  if (fits(argument, parameter.type)) return;
  const shown = text.slice(argument.range.start, argument.range.end);
  const dimension = dimensionOf(argument, () => {});
  const found = dimension && dimension !== 'none' ? `${shown} is ${DIMENSION_NAMES[dimension]}` : `not ${shown}`;
  report('NP1404', argument.range, `\`${parameter.name}\` of \`${callee}\` is ${WANTED[parameter.type]}, ${found}.`);
}

/** Variables, members and results of calls fit everywhere: what they are, the run shows. */
function fits(argument: Expression, type: ArgumentType): boolean {
  switch (argument.kind) {
    case 'string':
      return type === 'data' || type === 'any';
    case 'endpoint':
      return type === 'endpoint';
    case 'address':
      return false;
    case 'number':
    case 'constant':
    case 'binary':
      return dimensionFits(argument, type);
    case 'unary':
      return argument.operator === '-' && type === 'time' && isOne(argument.operand)
        ? true
        : dimensionFits(argument, type);
    case 'boolean':
    case 'null':
      return type === 'any';
    default:
      return true;
  }
}

/** -1 waits for ever. */
function isOne(expression: Expression): boolean {
  return expression.kind === 'number' && expression.value === 1 && expression.dimension === 'none';
}

function dimensionFits(argument: Expression, type: ArgumentType): boolean {
  const dimension = dimensionOf(argument, () => {});
  if (dimension === null) return type !== 'endpoint' || argument.kind === 'binary';
  return DIMENSIONS[type].includes(dimension);
}
