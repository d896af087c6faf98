/**
 * The one expression language of NetPath: scenarios, breakpoint conditions, watches, the debug console and `expect`.
 * C-like, since its users read kernel code: `skb->len`, `skb.len`, `ip_hdr(skb)->saddr == 10.0.0.2`, `eth0['rx-usecs']`.
 */
import type { IpAddress } from './in6Addr.ts';

/** Offsets into the text that was parsed. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What a literal with a unit measures; the value is normalised to the unit named here. */
export type Dimension = 'none' | 'ns' | 'bytes' | 'bps' | 'ppm' | 'packets' | 'hz';

export type BinaryOperator =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly dimension: Dimension; readonly range: Range }
  | { readonly kind: 'string'; readonly value: string; readonly range: Range }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly range: Range }
  | { readonly kind: 'null'; readonly range: Range }
  /** An IPv4 address is a number, unsigned 32-bit, host order; an IPv6 address its canonical text. */
  | { readonly kind: 'address'; readonly value: IpAddress; readonly range: Range }
  /** `0.0.0.0:7`, `[::]:7`, or `server:7` once the checker has resolved the host's address; `[server]:7` is its IPv6 address. */
  | {
      readonly kind: 'endpoint';
      readonly address: IpAddress;
      readonly port: number;
      readonly host: string | null;
      readonly bracketed: boolean;
      readonly range: Range;
    }
  /** A constant of Linux by name: AF_INET, SOCK_STREAM, EPOLLIN, ECONNREFUSED ... */
  | { readonly kind: 'constant'; readonly name: string; readonly value: number; readonly range: Range }
  | { readonly kind: 'name'; readonly name: string; readonly range: Range }
  | {
      readonly kind: 'member';
      readonly object: Expression;
      readonly name: string;
      readonly nameRange: Range;
      readonly arrow: boolean;
      readonly range: Range;
    }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression; readonly range: Range }
  | {
      readonly kind: 'call';
      readonly callee: string;
      readonly calleeRange: Range;
      readonly arguments: readonly Expression[];
      readonly range: Range;
    }
  /** `[a, b]`: in programs, the array that poll takes, or the members of an fd_set. */
  | { readonly kind: 'list'; readonly elements: readonly Expression[]; readonly range: Range }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | '~'; readonly operand: Expression; readonly range: Range }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly range: Range;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly range: Range;
    }
  /** Where nothing could be parsed; a diagnostic stands beside it. */
  | { readonly kind: 'missing'; readonly range: Range };

/** Where the host's name stands in `server:7` and `[server]:7`. */
export function endpointHostRange({ range, bracketed }: Expression & { kind: 'endpoint' }, host: string): Range {
  const start = range.start + (bracketed ? 1 : 0);
  return { start, end: start + host.length };
}
