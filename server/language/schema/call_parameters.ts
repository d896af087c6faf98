/** What the rows of the system calls' tables are made of: parameters that many of them take. */
import type { ArgumentType, Parameter, SyscallSchema } from './shapes.ts';

export const parameter = (
  name: string,
  type: ArgumentType,
  doc: string,
  constants: readonly string[] = [],
): Parameter => ({
  name,
  type,
  doc,
  optional: false,
  constants,
});
export const maybe = (of: Parameter): Parameter => ({ ...of, optional: true });

export const FD = parameter('fd', 'fd', 'The descriptor.');
export const FLAGS = maybe(parameter('flags', 'flags', 'Flags, joined with `|`.', ['MSG_']));
export const DATA = parameter(
  'data',
  'data',
  'A string, a buffer that recv returned, NULL (memory that is not there: EFAULT), or a size: then that many pattern bytes go out.',
);
export const VECTORS = parameter(
  'data',
  'data or vectors',
  `${DATA.doc.slice(0, -1)}; or a list of these, the pieces of \`msg_iov\`.`,
);
export const SIZE = parameter(
  'size',
  'buffer size',
  'Room in the buffer: at most so many bytes arrive; NULL: memory that is not there.',
);
export const ROOM = parameter(
  'size',
  'size or vectors',
  `${SIZE.doc.slice(0, -1)}; or a list of sizes, the pieces of \`msg_iov\`.`,
);
export const ADDRESS = parameter('address', 'endpoint', 'Address and port: `10.0.0.1:7`, `server:7`, `0.0.0.0:7`.', [
  'AF_UNSPEC',
]);
export const ANY_ADDRESS = parameter(
  'address',
  'address',
  `${ADDRESS.doc.slice(0, -1)}; of a packet socket a \`sockaddr_ll\`.`,
  ['AF_UNSPEC'],
);
export const MSG_NAME = maybe(
  parameter('address', 'address or NULL', `${ANY_ADDRESS.doc.slice(0, -1)}; NULL or nothing: the connected peer.`, [
    'AF_UNSPEC',
  ]),
);
export const CONTROL = parameter(
  'control',
  'cmsgs',
  'Control messages for this message alone: `[cmsg(SOL_IP, IP_TTL, 3)]`; of SOL_UDP UDP_SEGMENT, of SOL_IP IP_TTL, IP_TOS and IP_PKTINFO, of SOL_SOCKET SO_MARK, SO_PRIORITY and SO_TIMESTAMPING.',
);
export const DEVICE = parameter('device', 'device', "The device's name, or its number (1 is lo); 0: all.");
export const TIMEOUT = parameter('timeout', 'time', 'How long to wait; -1 or nothing waits for ever, 0 not at all.');
export const TIMEVAL = parameter(
  'timeout',
  'time or NULL',
  'How long to wait; NULL or nothing waits for ever, 0 not at all.',
);
export const EVENTS = parameter('events', 'flags', 'Events to wait for, joined with `|`.', ['POLL']);
export const LEVEL = parameter('level', 'number', "Which layer's option.", ['SOL_', 'IPPROTO_']);
export const OPTION = parameter('option', 'number', 'The option.', ['SO_', 'TCP_', 'IP_', 'IPV6_', 'UDP_', 'PACKET_']);

type Result = SyscallSchema['result'];

export function call(
  name: string,
  parameters: readonly Parameter[],
  result: Result,
  returns: string,
  errnos: string,
  doc: string,
  example: string,
): SyscallSchema {
  return {
    name,
    forms: [parameters],
    result,
    returns,
    errnos: errnos.split(' ').filter(Boolean),
    doc,
    example,
    takesTime: true,
  };
}
