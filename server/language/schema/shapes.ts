/**
 * The shape of the schema: what a block, a property, a literal and a system call are described by.
 *
 * The parser reads these patterns, so does completion, the checks, the formatter, the grammar generator and the manual:
 * a new property is one row in one table.
 */
import type { Dimension } from '../expression.ts';

/** What a name can stand for. */
export type SymbolKind = 'link' | 'host' | 'nic' | 'veth' | 'process' | 'variable';

/** What a reference in the text may point to; `device` is a NIC or the end of a veth pair. */
export type ReferenceTarget = 'link' | 'host' | 'device' | 'place';

export interface Choice {
  readonly text: string;
  readonly doc: string;
}

/** One piece of an entry's header, in the order in which it is written. `slot` is the name under which it is compiled. */
export type Part =
  | DeclaresPart
  | QuantityPart
  | ReferencePart
  | ChoicePart
  | AddressPart
  | NetworkPart
  | MacPart
  | ExpressionPart
  | BytesPart
  | WordPart
  | MarkPart
  | OptionalPart
  | ManyPart
  | EitherPart;

/** A new name; `device` names a device on a host: `HOST.NAME`. */
export interface DeclaresPart {
  readonly kind: 'declares';
  readonly slot: string;
  readonly symbol: SymbolKind | 'device';
  readonly example: string;
}
export interface QuantityPart extends Measure {
  readonly kind: 'quantity';
  readonly slot: string;
}
/** `place` is `HOST` or `HOST.DEVICE`. */
export interface ReferencePart {
  readonly kind: 'reference';
  readonly slot: string;
  readonly to: ReferenceTarget;
}
export interface ChoicePart {
  readonly kind: 'choice';
  readonly slot: string;
  readonly what: string;
  readonly choices: readonly Choice[];
}
/** An address of either family; with `orPlace` a host or a device may stand there as well. */
export interface AddressPart {
  readonly kind: 'address';
  readonly slot: string;
  readonly orPlace: boolean;
}
/** `ADDRESS/PREFIX`; a destination may be `default` and may lack the prefix (then /32, or /128). */
export interface NetworkPart {
  readonly kind: 'network';
  readonly slot: string;
  readonly destination: boolean;
}
export interface MacPart {
  readonly kind: 'mac';
  readonly slot: string;
}
export interface ExpressionPart {
  readonly kind: 'expression';
  readonly slot: string;
  readonly scope: ExpressionScope;
}
/** `0x` and hexadecimal digits, several groups allowed. */
export interface BytesPart {
  readonly kind: 'bytes';
  readonly slot: string;
}
export interface WordPart {
  readonly kind: 'word';
  readonly text: string;
  readonly doc: string;
}
export interface MarkPart {
  readonly kind: 'mark';
  readonly text: ':' | ',' | '-';
}
/** Present when its first part (a word or a mark) is there. */
export interface OptionalPart {
  readonly kind: 'optional';
  readonly parts: readonly Part[];
}
/** One or more, with or without commas between. */
export interface ManyPart {
  readonly kind: 'many';
  readonly part: Part;
}
/** Each alternative begins with a word of its own. */
export interface EitherPart {
  readonly kind: 'either';
  readonly alternatives: readonly (readonly Part[])[];
}

/** Where an expression stands decides which names it sees. */
export type ExpressionScope = 'process' | 'packet' | 'expect' | 'debugger';

/** What a number measures and may be. Bounds are in the dimension's own unit. */
export interface Measure {
  readonly dimension: Dimension;
  readonly min: number;
  readonly max: number;
  /** Whether a number without a unit is accepted: `mtu 1500`. */
  readonly bare: boolean;
  readonly example: string;
}

export interface EntrySchema {
  readonly keyword: string;
  readonly doc: string;
  /** As a person would write it; also the snippet's text. */
  readonly example: string;
  readonly parts: readonly Part[];
  readonly body: BodySchema | null;
  /** Whether `{ }` may be left out. */
  readonly bodyOptional: boolean;
  readonly many: boolean;
  readonly required: boolean;
  /** What holds when the text says nothing, in words; null where nothing needs saying. */
  readonly byDefault: string | null;
}

export type BodySchema =
  | { readonly kind: 'entries'; readonly entries: EntryTable }
  | { readonly kind: 'statements' }
  | { readonly kind: 'expectations' }
  | { readonly kind: 'settings'; readonly settings: SettingTable }
  /** The entries depend on a word of the header: the options of a qdisc. */
  | { readonly kind: 'chosen'; readonly slot: string; readonly tables: ReadonlyMap<string, EntryTable> };

export type EntryTable = ReadonlyMap<string, EntrySchema>;

/** `name = value`, where names are Linux's own and form an open set. */
export interface SettingTable {
  readonly what: string;
  readonly known: ReadonlyMap<string, SettingSchema>;
  /** Whether a name outside the table is an error (true) or only a warning. */
  readonly closed: boolean;
}

export interface SettingSchema {
  readonly name: string;
  readonly doc: string;
  readonly byDefault: string | null;
  readonly value: SettingValue;
}

export type SettingValue =
  | { readonly kind: 'numbers'; readonly count: number; readonly measure: Measure }
  | { readonly kind: 'word'; readonly what: string; readonly choices: readonly Choice[] }
  | { readonly kind: 'switch' };

/** What an argument of a system call is. */
export type ArgumentType =
  | 'fd'
  | 'flags'
  | 'endpoint'
  | 'address'
  | 'address or NULL'
  | 'device'
  | 'frame'
  | 'data'
  | 'data or vectors'
  | 'buffer size'
  | 'size or vectors'
  | 'size or NULL'
  | 'time'
  | 'time or NULL'
  | 'number'
  | 'string'
  | 'pollfds'
  | 'fd_set'
  | 'cmsgs'
  | 'cmsg data'
  | 'any';

export interface Parameter {
  readonly name: string;
  readonly type: ArgumentType;
  readonly doc: string;
  readonly optional: boolean;
  /** Name prefixes of the constants that fit: `AF_`, `MSG_`. */
  readonly constants: readonly string[];
}

export interface SyscallSchema {
  readonly name: string;
  /** The ways to write it: most calls have one; poll takes one descriptor or an array of them. */
  readonly forms: readonly (readonly Parameter[])[];
  readonly returns: string;
  readonly result:
    | 'fd'
    | 'fds'
    | 'number'
    | 'buffer'
    | 'buffers'
    | 'events'
    | 'time'
    | 'pollfd'
    | 'endpoint'
    | 'sockaddr_ll'
    | 'tpacket_req'
    | 'packet_mreq'
    | 'tcp_md5sig'
    | 'cmsg'
    | 'in_pktinfo'
    | 'frames';
  readonly errnos: readonly string[];
  readonly doc: string;
  readonly example: string;
  /** Whether it can sleep or charges time: a loop around it makes progress. */
  readonly takesTime: boolean;
}

export interface ConstantSchema {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
}

/** A member of a value that expressions may read: `data.length`, `server.eth0.rx_packets`. */
export interface MemberSchema {
  readonly name: string;
  readonly doc: string;
}
