/** What one sees when a value is opened: fields with their formats, and what is worth knowing though it is no field. */
import type { eventpoll } from '../kernel/include/linux/eventpoll.ts';
import type { Host } from '../kernel/include/linux/host.ts';
import type { sk_buff } from '../kernel/include/linux/skbuff.ts';
import type { pipe_inode_info } from '../kernel/include/linux/pipe_fs_i.ts';
import type { sock } from '../kernel/include/net/sock.ts';
import { bytesRows } from './bytesRows.ts';
import { formatOf, type Format } from './format/field.ts';
import { epollNodes } from './epollNodes.ts';
import { isGroup } from './group.ts';
import { hostNodes } from './hostNodes.ts';
import type { Look } from './look.ts';
import { pipeNodes } from './pipeNodes.ts';
import { skbNodes } from './skbNodes.ts';
import { sockNodes } from './sock/sockNodes.ts';
import { structOf } from './struct.ts';

export interface Child {
  readonly name: string;
  readonly value: unknown;
  readonly format?: Format | undefined;
  /** The expression that leads to it, given the parent's; null where none does. */
  readonly expression: string | null;
  /** Not a field of the kernel's struct. */
  readonly virtual?: boolean;
  /** The record whose field it is, where that is not what was opened. */
  readonly owner?: object;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** The expression of a member of what `parent` names. */
export function memberExpression(parent: string | null, name: string): string | null {
  if (parent === null) return null;
  return IDENTIFIER.test(name) ? `${parent}.${name}` : `${parent}['${name}']`;
}

/** Whether there is anything to open. */
export function isOpenable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isGroup(value)) return value.children !== null;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
  return Object.keys(value).length > 0;
}

/** How many indexed children: what a client may ask for in pages. */
export function indexedCount(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** All children, or those of an array from `start` on. */
export function childrenOf(
  value: unknown,
  parent: string | null,
  look: Look,
  page?: { start: number; count: number },
): Child[] {
  if (isGroup(value)) return value.children?.() ?? [];
  if (value instanceof Uint8Array) return bytesRows(value);
  if (Array.isArray(value)) return elements(value, parent, page);
  if (typeof value !== 'object' || value === null) return [];
  const struct = structOf(value);
  return [...nodesOf(value, struct, parent, look), ...fields(value, struct, parent)];
}

/** What is worth knowing before the fields. */
function nodesOf(value: object, struct: string, parent: string | null, look: Look): Child[] {
  switch (struct) {
    case 'sk_buff':
      return skbNodes(value as sk_buff, parent, look);
    case 'sock':
      return sockNodes(value as sock, parent, look);
    case 'eventpoll':
      return epollNodes(value as eventpoll, parent);
    case 'pipe_inode_info':
      return pipeNodes(value as pipe_inode_info, parent);
    case 'Host':
      return hostNodes(value as Host, parent, look);
    default:
      return [];
  }
}

function fields(value: object, struct: string, parent: string | null): Child[] {
  return Object.entries(value).map(([name, each]) => ({
    name,
    value: each,
    format: formatOf(struct, name),
    expression: memberExpression(parent, name),
  }));
}

function elements(items: readonly unknown[], parent: string | null, page?: { start: number; count: number }): Child[] {
  const start = page?.start ?? 0;
  const shown = items.slice(start, page === undefined || page.count === 0 ? undefined : start + page.count);
  return shown.map((value, i) => ({
    name: `[${start + i}]`,
    value,
    expression: parent === null ? null : `${parent}[${start + i}]`,
  }));
}
