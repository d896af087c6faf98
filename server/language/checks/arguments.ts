/** Whether an expression fits a parameter, by its kind and its dimension. */
import { dimensionOf } from '../dimensions.ts';
import type { Dimension, Expression } from '../expression.ts';
import type { ArgumentType } from '../schema/shapes.ts';
import { ARGUMENT_SHAPES } from '../schema/arguments.ts';
import { type Shapes, shapeOf } from './kinds.ts';

const DIMENSIONS: Readonly<Record<ArgumentType, readonly Dimension[]>> = {
  fd: ['none'],
  flags: ['none'],
  endpoint: [],
  address: [],
  'address or NULL': [],
  device: ['none'],
  frame: [],
  data: ['none', 'bytes'],
  'data or vectors': ['none', 'bytes'],
  'buffer size': ['none', 'bytes'],
  'size or vectors': ['none', 'bytes'],
  'size or NULL': ['none', 'bytes'],
  time: ['ns'],
  'time or NULL': ['ns'],
  number: ['none', 'bytes'],
  string: [],
  pollfds: [],
  fd_set: [],
  cmsgs: [],
  'cmsg data': ['none'],
  any: ['none', 'bytes', 'ns'],
};

/** Members and elements fit everywhere, and variables that hold now this, now that: what they are, the run shows. */
export function fits(argument: Expression, type: ArgumentType, shapes: Shapes): boolean {
  const shape = shapeOf(argument, shapes);
  if (type === 'endpoint' || type === 'address' || type === 'address or NULL') {
    if (argument.kind === 'constant') return true;
    if (shape === 'number') return false;
  }
  if (shape !== null && !ARGUMENT_SHAPES[type].includes(shape)) return false;
  switch (argument.kind) {
    case 'address':
      return false;
    case 'boolean':
      return type === 'any';
    case 'number':
    case 'constant':
    case 'binary':
      return dimensionFits(argument, type);
    case 'unary':
      return isForEver(argument, type) || dimensionFits(argument, type);
    case 'list':
      return (
        argument.elements.some((each) => each.kind === 'missing') ||
        argument.elements.every((each) => elementFits(each, type, shapes))
      );
    default:
      return true;
  }
}

/** Of a list whose elements are what another parameter takes. */
const ELEMENT_TYPES: Readonly<Partial<Record<ArgumentType, ArgumentType>>> = {
  fd_set: 'fd',
  'data or vectors': 'data',
  'size or vectors': 'buffer size',
};

function elementFits(element: Expression, type: ArgumentType, shapes: Shapes): boolean {
  const shape = shapeOf(element, shapes);
  const single = ELEMENT_TYPES[type];
  if (single !== undefined) return fits(element, single, shapes);
  return type !== 'pollfds' || shape === null || shape === 'pollfd';
}

/** -1 waits for ever. */
function isForEver({ operator, operand }: Expression & { kind: 'unary' }, type: ArgumentType): boolean {
  if (operator !== '-' || operand.kind !== 'number') return false;
  return type.startsWith('time') && operand.value === 1 && operand.dimension === 'none';
}

function dimensionFits(argument: Expression, type: ArgumentType): boolean {
  const dimension = dimensionOf(argument, () => {});
  return dimension === null || DIMENSIONS[type].includes(dimension);
}
