/** From a row of the Variables view, or an expression, to the field that a data breakpoint may watch. */
import { childrenOf } from '../../inspect/children.ts';
import { isGroup } from '../../inspect/group.ts';
import type { Look } from '../../inspect/look.ts';
import type { World } from '../../machine/types.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError } from '../expressions/found.ts';
import type { Names } from '../expressions/names.ts';
import { isWatchable, placeId, placeOf, placeText } from '../fields/place.ts';
import type { Node } from './handles.ts';

export interface FieldPlace {
  /** null: nothing there can be watched, and `text` says why. */
  readonly id: string | null;
  readonly text: string;
  /** It means the same in the next run, even of a changed scenario. */
  readonly lasts: boolean;
}

interface Field {
  readonly record: unknown;
  readonly name: string;
}

/** The row called `name` of what was opened. */
export function fieldOfRow(node: Node, name: string, look: Look): Field {
  const child = childrenOf(node.value, node.expression, look).find((each) => each.name === name);
  if (child === undefined) throw new EvaluationError(`nothing here is called ${name}`);
  return { record: child.owner ?? (child.virtual === true ? null : node.value), name };
}

/** `skb->len`: the field that the expression's last step reads. */
export function fieldOfExpression(text: string, names: Names): Field {
  const expression = parse(text);
  if (expression.kind !== 'member') return { record: null, name: text };
  return { record: evaluate(expression.object, names).value, name: expression.name };
}

export function fieldPlace(world: World, { record, name }: Field): FieldPlace {
  const whyNot = reasonAgainst(record, name);
  const place = whyNot === null ? placeOf(world, record as object, name) : null;
  if (place === null) return { id: null, text: whyNot ?? `${name} was made for this view`, lasts: false };
  return { id: placeId(place), text: placeText(place), lasts: !isNumbered(place.anchor.name) };
}

/** Numbers are given in the order in which a run makes things. */
const isNumbered = (name: string): boolean => /^\d+$/.test(name);

function reasonAgainst(record: unknown, name: string): string | null {
  if (typeof record !== 'object' || record === null || isGroup(record) || !isWatchable(record, name))
    return `${name} is no field of a struct: only those can be watched`;
  const value = (record as Readonly<Record<string, unknown>>)[name];
  if (value instanceof Map) return `${name} is a table, which changes in place: watch a field that counts it`;
  return ArrayBuffer.isView(value) ? `${name} are bytes, which change in place: watch a field beside them` : null;
}
