/** The rows of the Variables view. */
import { type Child, childrenOf, indexedCount, isOpenable } from '../../inspect/children.ts';
import { formatOf } from '../../inspect/format/field.ts';
import { isGroup, leaf } from '../../inspect/group.ts';
import type { Look } from '../../inspect/look.ts';
import { present } from '../../inspect/present.ts';
import { structOf, typeName } from '../../inspect/struct.ts';
import type { World } from '../../machine/types.ts';
import { RETURN_VALUE, type Returned, returnValue } from '../breakpoints/returns.ts';
import { functions } from '../debug_info.ts';
import type { Local } from '../locals.ts';
import type { Handles, Node } from './handles.ts';

export interface VariableRow {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  /** 0: nothing to open. */
  readonly reference: number;
  readonly indexed: number;
  readonly expression: string | null;
  readonly virtual: boolean;
  /** A number by which its bytes can be read; 0: it has none. */
  readonly memory: number;
}

export interface Page {
  readonly start: number;
  readonly count: number;
}

/** The rows of something that was given a number. */
export function openNode(handles: Handles, node: Node, look: Look, page?: Page): VariableRow[] {
  const { key, value, expression, integers } = node;
  const inside = { ...look, integers: look.integers ?? integers };
  return childrenOf(value, expression, inside, page).map((child) => row(handles, { key, integers }, child, inside));
}

function row(handles: Handles, parent: Pick<Node, 'key' | 'integers'>, child: Child, look: Look): VariableRow {
  const { name, value, expression } = child;
  const node = { key: `${parent.key}/${name}`, value, expression, integers: parent.integers };
  return {
    name,
    value: present(value, look, child.format),
    type: isGroup(value) ? '' : typeName(value),
    expression,
    virtual: child.virtual === true,
    reference: isOpenable(value) ? handles.numberOf(node) : 0,
    indexed: indexedCount(value),
    memory: memoryNumber(handles, node),
  };
}

/** Anything with bytes can be looked at in the hex view. */
export function memoryNumber(handles: Handles, node: Node): number {
  return node.value instanceof Uint8Array || structOf(node.value) === 'sk_buff' ? handles.numberOf(node) : 0;
}

/** What the call returned whose end stopped the run. */
export function returnedChild(world: World, returned: Returned): Child {
  const value = returnValue(world, returned);
  return {
    name: RETURN_VALUE,
    value: value === undefined ? leaf(`${functions[returned.fn]!.name} returns nothing`) : value,
    expression: RETURN_VALUE,
    virtual: true,
  };
}

/** Locals of all blocks in one list, parameters first as they were declared; the CPU, which all functions have, last. */
export function localChildren(locals: readonly Local[]): Child[] {
  return [...locals]
    .sort((a, b) => Number(a.name === 'cpu') - Number(b.name === 'cpu') || a.level - b.level)
    .map(({ name, value, notYetAssigned }) => ({
      name,
      value: notYetAssigned ? undefined : value,
      format: formatOf('', name),
      expression: name,
    }));
}
