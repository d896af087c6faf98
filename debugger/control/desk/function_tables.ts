/** Which function a table of the kernel's has for this state. Read from the listings: looking runs no code of the model. */
import path from 'node:path';
import { functions } from '../debug_info.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { chained, type Names } from '../expressions/names.ts';
import { recordNames } from '../site.ts';

/** The text of a listing; undefined where there is none. */
export type Listings = (file: string) => string | undefined;

/**
 * What a call written so in a listing leads to: `inputs[skb.dst.input]`, `qdisc_ops[q.ops].enqueue`, `opsOf(sock).sendmsg`. '' where that cannot be told.
 * Throws an EvaluationError where the state has no such value.
 */
export function functionOfTable(listings: Listings, file: string, callee: string, names: Names): string {
  const [, table, index, member] = /^(\w+)\[(.+)\](?:\.(\w+))?$/.exec(callee) ?? [];
  if (table !== undefined) return entryOf(listings, file, table, valueAt(index!, names), member);
  const [, lookup, argument, wanted] = /^(\w+)\((.*)\)\.(\w+)$/.exec(callee) ?? [];
  return lookup === undefined ? '' : throughLookup(listings, lookup, valueAt(argument!, names), wanted!, names);
}

const valueAt = (text: string, names: Names): unknown => evaluate(parse(text), names).value;

/** A helper such as `protoOf`, whose body is `return protos[sk.sk_prot]!`. */
function throughLookup(listings: Listings, lookup: string, of: unknown, member: string, names: Names): string {
  const file = functions.find((fn) => fn.name === lookup && fn.kernel)?.file;
  if (file === undefined) return '';
  const body = new RegExp(`function ${lookup}\\((\\w+)[^{]*\\{\\s*return (\\w+)\\[([\\w.!?]+)\\]`);
  const [, parameter, table, index] = body.exec(listings(file) ?? '') ?? [];
  if (parameter === undefined) return '';
  const inside = chained(recordNames({ [parameter]: of }), names);
  return entryOf(listings, file, table!, valueAt(index!.replaceAll('!', ''), inside), member);
}

/** A table's entry is a function's name, or a record of them. */
function entryOf(listings: Listings, file: string, table: string, key: unknown, member: string | undefined): string {
  const home = homeOf(listings, file, table);
  const value = valueOfKey(listings(home) ?? '', table, String(key));
  if (member === undefined || value === '') return value;
  if (value.startsWith('{')) return memberOf(value, member);
  const text = listings(homeOf(listings, home, value)) ?? '';
  return memberOf(new RegExp(`const ${value}\\b[\\s\\S]*? = (\\{[^}]*\\})`).exec(text)?.[1] ?? '', member);
}

/** The listing in which a name is declared: this one, or one that it is imported from. */
function homeOf(listings: Listings, file: string, name: string): string {
  const from = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '([^']+)'`).exec(listings(file) ?? '')?.[1];
  return from === undefined ? file : path.posix.join(path.posix.dirname(file), from);
}

function valueOfKey(text: string, table: string, key: string): string {
  if (!/^\w+$/.test(key)) return '';
  const body = new RegExp(`const ${table}\\b[\\s\\S]*? = \\{[\\s\\S]*?\\b${key}\\b(?:: (\\{[^}]*\\}|\\w+))?`).exec(
    text,
  );
  return body === null ? '' : (body[1] ?? key);
}

const memberOf = (record: string, member: string): string =>
  new RegExp(`\\b${member}(?:: (\\w+))?(?=[,\\s}])`).exec(record)?.slice(0, 2).findLast(Boolean) ?? '';
