/** Whether a call's values are of the kinds that it takes; what the text did not tell, the run does. */
import { ARGUMENT_NAMES, ARGUMENT_SHAPES, SHAPE_NAMES } from '../../../server/language/schema/arguments.ts';
import type { Shape } from '../../../server/language/schema/arguments.ts';
import type { Parameter } from '../../../server/language/schema/shapes.ts';
import { SYSCALLS, signatures } from '../../../server/language/schema/syscalls.ts';
import { typeOf } from './value.ts';
import type { Value } from './value.ts';

/** What is wrong with the first value that fits no form of the call; null when all fit one. */
export function misfit(callee: string, values: readonly Value[]): string | null {
  const schema = SYSCALLS.get(callee);
  if (schema === undefined) return null;
  let nearest: readonly Parameter[] | null = null;
  for (const form of schema.forms) {
    if (values.length > form.length || (values.length < form.length && !form[values.length]!.optional)) continue;
    if (firstMisfit(form, values) < 0) return null;
    nearest = nearest ?? form;
  }
  if (nearest === null) return `${callee} takes other arguments`;
  const wrong = firstMisfit(nearest, values);
  const found = values[wrong]!;
  const forms = schema.forms.length > 1 ? `: ${signatures(schema).join(' or ')}` : '';
  return `'${nearest[wrong]!.name}' of ${callee} is ${ARGUMENT_NAMES[nearest[wrong]!.type]}, not ${found === null ? 'NULL' : SHAPE_NAMES[shapeOf(found) as Shape] ?? typeOf(found)}${forms}`;
}

function firstMisfit(form: readonly Parameter[], values: readonly Value[]): number {
  for (let i = 0; i < values.length; i++) {
    if (!ARGUMENT_SHAPES[form[i]!.type].includes(shapeOf(values[i]!) as Shape)) return i;
  }
  return -1;
}

/** Some kinds, such as events, are no call's to take. */
function shapeOf(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return value.kind;
  return typeof value === 'string' ? 'string' : 'number';
}
