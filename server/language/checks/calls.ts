/** System calls: is there one of that name, and do its arguments fit. */
import type { Fix, More } from '../diagnostic.ts';
import { replaceFix } from '../diagnostic.ts';
import { dimensionOf } from '../dimensions.ts';
import type { Expression } from '../expression.ts';
import { parseIn6Addr } from '../in6Addr.ts';
import type { ArgumentType, Parameter, SyscallSchema } from '../schema/shapes.ts';
import { SYSCALLS, signatures } from '../schema/syscalls.ts';
import { DIMENSION_NAMES } from '../schema/units.ts';
import { fits } from './arguments.ts';
import { checkConstants } from './constants.ts';
import { ARGUMENT_NAMES, SHAPE_NAMES } from '../schema/arguments.ts';
import { type Shapes, shapeOf } from './kinds.ts';
import { type Reporter, suggestion } from './reporter.ts';

type Call = Expression & { kind: 'call' };

export function checkCall(reporter: Reporter, call: Call, shapes: Shapes): void {
  const schema = SYSCALLS.get(call.callee);
  if (!schema) {
    const { hint, fixes } = suggestion(call.callee, call.calleeRange, SYSCALLS.keys());
    reporter.report('NP1402', call.calleeRange, `No system call \`${call.callee}\` is known.${hint}`, { fixes });
    return;
  }
  const form = formOf(call, schema, shapes);
  if (form === undefined) {
    reporter.report('NP1403', call.range, `\`${call.callee}\` takes ${countText(schema)}: ${formsText(schema)}.`);
  } else if (isSwapped(call, form, shapes)) {
    reportSwapped(reporter, call, schema);
  } else {
    call.arguments.forEach((each, index) => {
      checkArgument(reporter, each, form[index]!, schema, shapes);
    });
    if (call.callee === 'setsockopt') checkOptionUnit(reporter, call);
    checkConstants(reporter, call, form);
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
function formOf(call: Call, { forms }: SyscallSchema, shapes: Shapes): readonly Parameter[] | undefined {
  const possible = forms.filter((each) => hasRightCount(call, each));
  return possible.find((form) => call.arguments.every((each, i) => fits(each, form[i]!.type, shapes))) ?? possible[0];
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

function formsText(schema: SyscallSchema): string {
  return signatures(schema)
    .map((each) => `\`${each}\``)
    .join(' or ');
}

/** Two arguments of which neither fits, but each would in the other's place: `FD_SET(readers, fd)`. */
function isSwapped({ arguments: [first, second, third] }: Call, form: readonly Parameter[], shapes: Shapes): boolean {
  if (first === undefined || second === undefined || third !== undefined) return false;
  const [one, other] = [form[0]!.type, form[1]!.type];
  const wrong = !fits(first, one, shapes) && !fits(second, other, shapes);
  return wrong && fits(second, one, shapes) && fits(first, other, shapes);
}

function reportSwapped({ report, text }: Reporter, call: Call, schema: SyscallSchema): void {
  const [first, second] = [call.arguments[0]!.range, call.arguments[1]!.range];
  const range = { start: first.start, end: second.end };
  const swapped =
    text.slice(second.start, second.end) + text.slice(first.end, second.start) + text.slice(first.start, first.end);
  report('NP1404', range, `The arguments stand the other way round: ${formsText(schema)}.`, {
    fixes: [replaceFix(range, swapped)],
  });
}

function checkArgument(
  { report, text }: Reporter,
  argument: Expression,
  parameter: Parameter,
  schema: SyscallSchema,
  shapes: Shapes,
): void {
  if (fits(argument, parameter.type, shapes)) return;
  const wrong = wrongElement(argument, parameter.type, shapes) ?? argument;
  const of = wrong === argument ? '' : 'An element of ';
  const wanted = wrong === argument ? ARGUMENT_NAMES[parameter.type] : ELEMENTS[parameter.type];
  const forms = schema.forms.length > 1 && isListForOne(argument, parameter.type) ? `: ${formsText(schema)}` : '';
  const shown = text.slice(wrong.range.start, wrong.range.end);
  const message = `${of}\`${parameter.name}\` of \`${schema.name}\` is ${wanted}, ${foundText(wrong, shown, shapes)}${forms}.`;
  report('NP1404', wrong.range, message, fixOf(wrong, shown, parameter.type, schema, wrong !== argument));
}

/** Where one descriptor and many are confused, the forms of the call tell. */
function isListForOne(argument: Expression, type: ArgumentType): boolean {
  return argument.kind === 'name' || (argument.kind === 'list' && ELEMENTS[type] === undefined);
}

function foundText(argument: Expression, shown: string, shapes: Shapes): string {
  const dimension = dimensionOf(argument, () => {});
  if (dimension && dimension !== 'none') return `${shown} is ${DIMENSION_NAMES[dimension]}`;
  const shape = argument.kind === 'name' || argument.kind === 'call' ? shapeOf(argument, shapes) : null;
  return shape ? `\`${shown}\` is ${SHAPE_NAMES[shape]}` : `not ${shown}`;
}

const ELEMENTS: Readonly<Partial<Record<ArgumentType, string>>> = {
  pollfds: 'a pollfd(fd, events)',
  fd_set: 'a descriptor',
};

/** Of a list literal of the right place the element that spoils it. */
function wrongElement(argument: Expression, type: ArgumentType, shapes: Shapes): Expression | null {
  if (argument.kind !== 'list' || ELEMENTS[type] === undefined) return null;
  return argument.elements.find((each) => !fits({ ...argument, elements: [each] }, type, shapes)) ?? null;
}

/** Calls whose timeout is a number of milliseconds in C. */
const MILLISECONDS: ReadonlySet<string> = new Set(['poll', 'epoll_wait', 'epoll_pwait']);

function fixOf(wrong: Expression, shown: string, type: ArgumentType, { name }: SyscallSchema, element: boolean): More {
  const fixes: Fix[] = [];
  if (type === 'time' && wrong.kind === 'number' && MILLISECONDS.has(name))
    fixes.push(replaceFix(wrong.range, `${shown}ms`));
  if (type === 'fd_set' && !element && wrong.kind === 'number' && wrong.value === 0)
    fixes.push(replaceFix(wrong.range, 'NULL'));
  if (type === 'pollfds' && element && wrong.kind === 'name')
    fixes.push(replaceFix(wrong.range, `pollfd(${shown}, POLLIN)`));
  const [, host, port] = /^([\da-f:]*[\da-f:]):([1-9]\d*)$/i.exec(shown) ?? [];
  if (host !== undefined && wrong.kind === 'address' && parseIn6Addr(host) !== null && Number(port) <= 65_535)
    fixes.push(replaceFix(wrong.range, `[${host}]:${port}`));
  if (type === 'pollfds' && wrong.kind === 'call' && wrong.callee === 'pollfd')
    fixes.push(replaceFix(wrong.range, `[${shown}]`));
  return { fixes };
}
