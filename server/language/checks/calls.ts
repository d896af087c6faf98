/** System calls: is there one of that name, and do its arguments fit. */
import { dimensionOf } from '../dimensions.ts';
import type { Dimension, Expression } from '../expression.ts';
import type { ArgumentType, Parameter, SyscallSchema } from '../schema/shapes.ts';
import { SYSCALLS, signatures } from '../schema/syscalls.ts';
import { DIMENSION_NAMES, unitList } from '../schema/units.ts';
import { type Reporter, suggestion } from './reporter.ts';

type Call = Expression & { kind: 'call' };

export function checkCall(reporter: Reporter, call: Call): void {
  const schema = SYSCALLS.get(call.callee);
  if (!schema) {
    const { hint, fixes } = suggestion(call.callee, call.calleeRange, SYSCALLS.keys());
    reporter.report('NP1402', call.calleeRange, `No system call \`${call.callee}\` is known.${hint}`, { fixes });
    return;
  }
  const form = formOf(call, schema);
  if (form === undefined) {
    reporter.report(
      'NP1403',
      call.range,
      `\`${call.callee}\` takes ${countText(schema)}: ${signatures(schema)
        .map((each) => `\`${each}\``)
        .join(' or ')}.`,
    );
  } else {
    call.arguments.forEach((each, index) => {
      checkArgument(reporter, each, form[index]!, call.callee);
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

/** The form that a call is written in: the one that its arguments fit, else one of as many; undefined when none has so many. */
function formOf(call: Call, { forms }: SyscallSchema): readonly Parameter[] | undefined {
  const possible = forms.filter((each) => hasRightCount(call, each));
  return possible.find((form) => call.arguments.every((each, index) => fits(each, form[index]!.type))) ?? possible[0];
}

function hasRightCount(call: Call, parameters: readonly Parameter[]): boolean {
  const { length } = call.arguments;
  return length <= parameters.length && (length === parameters.length || parameters[length]!.optional);
}

function countText({ forms }: SyscallSchema): string {
  const least = Math.min(...forms.map((form) => form.filter((each) => !each.optional).length));
  const most = Math.max(...forms.map((form) => form.length));
  const range = least === most ? String(least) : `${least} to ${most}`;
  return `${range} argument${range === '1' ? '' : 's'}`;
}

const WANTED: Readonly<Record<ArgumentType, string>> = {
  fd: 'a descriptor',
  flags: 'flags',
  endpoint: 'an address with a port (10.0.0.1:7)',
  data: 'a string, a buffer or a size',
  'buffer size': 'a size',
  time: `a time (${unitList('ns')})`,
  number: 'a number',
  pollfds: 'a list of pollfd(fd, events)',
  fd_set: 'a list of descriptors',
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
  pollfds: [],
  fd_set: [],
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
    case 'list':
      return type === 'any' || LISTS.has(type);
    case 'null':
      return type === 'any' || type === 'fd_set';
    case 'boolean':
      return type === 'any';
    default:
      return true;
  }
}

const LISTS: ReadonlySet<ArgumentType> = new Set(['pollfds', 'fd_set']);

/** -1 waits for ever. */
function isOne(expression: Expression): boolean {
  return expression.kind === 'number' && expression.value === 1 && expression.dimension === 'none';
}

function dimensionFits(argument: Expression, type: ArgumentType): boolean {
  const dimension = dimensionOf(argument, () => {});
  if (dimension === null) return argument.kind === 'binary' || (type !== 'endpoint' && !LISTS.has(type));
  return DIMENSIONS[type].includes(dimension);
}
