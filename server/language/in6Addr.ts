/**
 * IPv6 addresses. One is held as its canonical text (RFC 5952), so that two are equal when `===` says so, they can be keys,
 * and every view shows them as they are. Their bits are eight 16-bit words in network order.
 *
 *   | 2001 | 0db8 | 0000 | 0000 | 0000 | 0000 | 0000 | 0001 |    2001:db8::1
 */

declare const canonical: unique symbol;

/** The canonical text of an IPv6 address: lower case, no leading zeros, `::` for the longest run of zeros. */
export type In6Addr = string & { readonly [canonical]: true };

/** An address of either family: IPv4 as an unsigned 32-bit number in host order. */
export type IpAddress = number | In6Addr;

export const IN6ADDR_ANY = '::' as In6Addr;
export const IN6ADDR_LOOPBACK = '::1' as In6Addr;

const WORDS = 8;

/** The address that a text names in any of the forms of RFC 4291 2.2; null when it names none. */
export function parseIn6Addr(text: string): In6Addr | null {
  const words = parseWords(text);
  return words === null ? null : in6Addr(words);
}

function parseWords(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupsOf);
  if (!head || tail === null) return null;
  if (tail === undefined) return head.length === WORDS ? head : null;
  const gap = WORDS - head.length - tail.length;
  return gap < 1 ? null : [...head, ...new Array<number>(gap).fill(0), ...tail];
}

/** Words of the groups between colons; the last may be a dotted IPv4 address. Null when one is malformed. */
function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const words: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const dotted = index === groups.length - 1 && group.includes('.') ? dottedWords(group) : null;
    if (dotted !== null) words.push(...dotted);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) words.push(Number.parseInt(group, 16));
    else return null;
  }
  return words;
}

function dottedWords(text: string): number[] | null {
  const bytes = text.split('.');
  if (bytes.length !== 4 || bytes.some((each) => !/^(0|[1-9]\d{0,2})$/.test(each) || Number(each) > 255)) return null;
  const [a, b, c, d] = bytes.map(Number) as [number, number, number, number];
  return [(a << 8) | b, (c << 8) | d];
}

/** The address with these eight words. An IPv4-mapped one ends in dotted decimal (RFC 5952 5). */
export function in6Addr(words: readonly number[]): In6Addr {
  if (isMapped(words)) return `::ffff:${dotted(words[6]!, words[7]!)}` as In6Addr;
  const { start, length } = longestZeros(words);
  const hex = words.map((each) => each.toString(16));
  if (length < 2) return hex.join(':') as In6Addr;
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}` as In6Addr;
}

function isMapped(words: readonly number[]): boolean {
  return words[5] === 0xffff && words.slice(0, 5).every((each) => each === 0);
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The first of the longest runs of zero words. */
function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < WORDS; start++) {
    let end = start;
    while (end < WORDS && words[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
    if (end > start) start = end;
  }
  return best;
}

/** How many addresses' words are remembered before all are forgotten. */
const REMEMBERED = 1024;
const remembered = new Map<In6Addr, readonly number[]>();

/** The eight words of an address. */
export function in6Words(address: In6Addr): readonly number[] {
  const known = remembered.get(address);
  if (known !== undefined) return known;
  const words = parseWords(address)!;
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(address, words);
  return words;
}

/** The first `prefix` bits of the address, zeros behind them. */
export function in6Prefix(address: In6Addr, prefix: number): In6Addr {
  return in6Addr(in6Words(address).map((word, index) => word & wordMask(prefix - index * 16)));
}

function wordMask(bits: number): number {
  if (bits >= 16) return 0xffff;
  return bits <= 0 ? 0 : (0xffff << (16 - bits)) & 0xffff;
}

/** Whether the first `prefix` bits of both are the same. */
export function in6PrefixEqual(a: In6Addr, b: In6Addr, prefix: number): boolean {
  if (a === b) return true;
  const first = in6Words(a);
  const second = in6Words(b);
  for (let index = 0; index * 16 < prefix; index++) {
    if (((first[index]! ^ second[index]!) & wordMask(prefix - index * 16)) !== 0) return false;
  }
  return true;
}

/** `::ffff:a.b.c.d` of an IPv4 address. */
export function mappedIn6Addr(address: number): In6Addr {
  return `::ffff:${dotted(address >>> 16, address & 0xffff)}` as In6Addr;
}

/** Whether a run of text, from `at` on, is written as an IPv6 address: where it ends, or `at` when it is not. Whether it is a right one, parseIn6Addr says. */
export function in6End(text: string, at: number): number {
  let end = at;
  let colons = 0;
  let double = false;
  for (; isIn6Character(text.charCodeAt(end), colons); end++) {
    if (text.charCodeAt(end) !== COLON) continue;
    colons++;
    if (text.charCodeAt(end + 1) === COLON) double = true;
  }
  if (text.charCodeAt(end - 1) === DOT) end--;
  const single = text.charCodeAt(end - 1) === COLON && text.charCodeAt(end - 2) !== COLON;
  if (isWord(text.charCodeAt(end)) || single) return at;
  return double || colons >= WORDS - 2 ? end : at;
}

const COLON = 58;
const DOT = 46;

function isIn6Character(code: number, colons: number): boolean {
  if (code === COLON || (code === DOT && colons > 1)) return true;
  const lower = code | 32;
  return (code >= 48 && code <= 57) || (lower >= 97 && lower <= 102);
}

function isWord(code: number): boolean {
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || code === 95;
}
