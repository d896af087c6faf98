/** Kinds of values and what each parameter takes of them: for the checks of a text and for the run. */
import type { ArgumentType } from './shapes.ts';
import { unitList } from './units.ts';

export type Shape =
  | 'number'
  | 'string'
  | 'list'
  | 'buffer'
  | 'pollfd'
  | 'endpoint'
  | 'sockaddr_ll'
  | 'tpacket_req'
  | 'packet_mreq'
  | 'tcp_md5sig'
  | 'tpacket2_hdr'
  | 'cmsg'
  | 'in_pktinfo'
  | 'null';

export const SHAPE_NAMES: Readonly<Record<Shape, string>> = {
  number: 'a number',
  string: 'a string',
  list: 'a list',
  buffer: 'a buffer',
  pollfd: 'a pollfd',
  endpoint: 'an address with a port',
  sockaddr_ll: 'a sockaddr_ll',
  tpacket_req: 'a tpacket_req',
  packet_mreq: 'a packet_mreq',
  tcp_md5sig: 'a tcp_md5sig',
  tpacket2_hdr: 'a frame of a ring',
  cmsg: 'a cmsg',
  in_pktinfo: 'an in_pktinfo',
  null: 'NULL',
};

const NUMBER: readonly Shape[] = ['number'];

/** Kinds of values that fit; of numbers, the text's units tell more. */
export const ARGUMENT_SHAPES: Readonly<Record<ArgumentType, readonly Shape[]>> = {
  fd: NUMBER,
  flags: NUMBER,
  endpoint: ['endpoint', 'number'],
  address: ['endpoint', 'sockaddr_ll', 'number'],
  'address or NULL': ['endpoint', 'sockaddr_ll', 'number', 'null'],
  device: ['string', 'number'],
  frame: ['tpacket2_hdr'],
  data: ['number', 'string', 'buffer', 'null'],
  'data or vectors': ['number', 'string', 'buffer', 'null', 'list'],
  'buffer size': ['number', 'null'],
  'size or vectors': ['number', 'null', 'list'],
  'size or NULL': ['number', 'null'],
  time: NUMBER,
  'time or NULL': ['number', 'null'],
  number: NUMBER,
  string: ['string'],
  pollfds: ['list'],
  fd_set: ['list', 'null'],
  cmsgs: ['list'],
  'cmsg data': ['number', 'in_pktinfo'],
  any: ['number', 'string', 'tpacket_req', 'packet_mreq', 'tcp_md5sig'],
};

/** What a parameter wants, in words. */
export const ARGUMENT_NAMES: Readonly<Record<ArgumentType, string>> = {
  fd: 'a descriptor',
  flags: 'flags',
  endpoint: 'an address with a port (10.0.0.1:7)',
  address: 'an address with a port (10.0.0.1:7) or a sockaddr_ll',
  'address or NULL': 'an address with a port (10.0.0.1:7), a sockaddr_ll or NULL',
  device: "a device's name or number",
  frame: 'a frame of a ring',
  data: 'a string, a buffer or a size',
  'data or vectors': 'a string, a buffer, a size or a list of these',
  'buffer size': 'a size',
  'size or vectors': 'a size or a list of sizes',
  'size or NULL': 'a size or NULL',
  time: `a time (${unitList('ns')})`,
  'time or NULL': `a time (${unitList('ns')}) or NULL`,
  number: 'a number',
  string: 'a string',
  pollfds: 'a list of pollfd(fd, events)',
  fd_set: 'a list of descriptors or NULL',
  cmsgs: 'a list of cmsg(level, type, data)',
  'cmsg data': 'a number or an in_pktinfo',
  any: 'a number, a time or a string',
};
