/** What C has as macros and struct initialisers. */
import { call, DEVICE, EVENTS, FD, LEVEL, maybe, parameter } from './call_parameters.ts';
import type { Parameter, SyscallSchema } from './shapes.ts';

const SET = parameter('set', 'fd_set', 'A list of descriptors.');

/** What the headers of the C library give, beside system calls: it runs in user mode and takes no time. */
function macro(
  name: string,
  parameters: readonly Parameter[],
  result: SyscallSchema['result'],
  returns: string,
  doc: string,
  example: string,
): SyscallSchema {
  return { ...call(name, parameters, result, returns, '', doc, example), takesTime: false };
}

export const MACROS = [
  macro(
    'pollfd',
    [parameter('fd', 'fd', 'The descriptor; a negative one is passed over.'), EVENTS],
    'pollfd',
    'A pollfd with `.fd`, `.events` and `.revents`, which poll fills.',
    'Makes a `struct pollfd`, an element of the list that poll takes.',
    'fds = [pollfd(0, POLLIN)]',
  ),
  macro(
    'sockaddr_ll',
    [
      DEVICE,
      maybe(parameter('protocol', 'number', "Which packets; 0 or nothing: the socket's own.", ['ETH_P_'])),
      maybe(parameter('mac', 'device', 'To whom a SOCK_DGRAM packet socket sends: "ff:ff:ff:ff:ff:ff".')),
    ],
    'sockaddr_ll',
    'A `struct sockaddr_ll`. Of a received packet `.sll_ifindex`, `.sll_protocol`, `.sll_pkttype`, and `.sll_addr`, who sent it.',
    'Makes the address of a packet socket.',
    'fd = socket(AF_PACKET, SOCK_RAW, ETH_P_ALL); bind(fd, sockaddr_ll("lo"))',
  ),
  macro(
    'tpacket_req',
    [
      parameter('block_size', 'buffer size', 'A multiple of 4 KiB.'),
      parameter('block_nr', 'number', 'How many blocks.'),
      parameter('frame_size', 'buffer size', 'A multiple of 16; header and packet must fit, or the packet is cut.'),
      parameter('frame_nr', 'number', 'How many frames in all.'),
    ],
    'tpacket_req',
    'A `struct tpacket_req`.',
    'Makes the value of PACKET_RX_RING.',
    'request = tpacket_req(4KiB, 2, 2KiB, 4)',
  ),
  macro(
    'packet_mreq',
    [DEVICE, parameter('type', 'number', 'What to receive.', ['PACKET_MR_'])],
    'packet_mreq',
    'A `struct packet_mreq`.',
    'Makes the value of PACKET_ADD_MEMBERSHIP.',
    'fd = socket(AF_PACKET, SOCK_RAW); setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, packet_mreq("lo", PACKET_MR_PROMISC))',
  ),
  macro(
    'tcp_md5sig',
    [
      parameter('peer', 'endpoint', 'Whose segments; its port says nothing: `server:0`.'),
      parameter('key', 'string', 'The key, 80 characters at most; "" takes the key away.'),
      maybe(parameter('prefixlen', 'number', 'With TCP_MD5SIG_EXT: all peers of this prefix.')),
    ],
    'tcp_md5sig',
    'A `struct tcp_md5sig`.',
    'Makes the value of TCP_MD5SIG.',
    'fd = socket(AF_INET, SOCK_STREAM); setsockopt(fd, SOL_TCP, TCP_MD5SIG, tcp_md5sig(10.0.0.2:0, "secret"))',
  ),
  macro(
    'cmsg',
    [
      LEVEL,
      parameter('type', 'number', 'What it says.', ['IP_', 'UDP_', 'SO_']),
      parameter('data', 'cmsg data', 'Its value: a number, of IP_PKTINFO an `in_pktinfo`.'),
    ],
    'cmsg',
    'A control message.',
    'Makes a control message for sendmsg.',
    'fd = socket(AF_INET, SOCK_DGRAM); sendmsg(fd, "far", 0, 10.0.0.2:7, [cmsg(SOL_IP, IP_TTL, 3)])',
  ),
  macro(
    'in_pktinfo',
    [
      DEVICE,
      parameter(
        'address',
        'endpoint',
        'The own address to send from; its port says nothing: `10.0.0.5:0`; `0.0.0.0:0`: any.',
      ),
    ],
    'in_pktinfo',
    'A `struct in_pktinfo`.',
    'Makes the value of IP_PKTINFO: by which device a datagram goes, and from which address.',
    'fd = socket(AF_INET, SOCK_DGRAM); sendmsg(fd, "x", 0, 127.0.0.1:7, [cmsg(SOL_IP, IP_PKTINFO, in_pktinfo("lo", 127.0.0.1:0))])',
  ),
  macro(
    'TP_SET_STATUS',
    [
      parameter('frame', 'frame', 'A frame of a ring.'),
      parameter('status', 'flags', 'The new status.', ['TP_STATUS_']),
    ],
    'number',
    '0.',
    'Writes the status of a frame: TP_STATUS_KERNEL gives it back to the kernel. In C an assignment.',
    'fd = socket(AF_PACKET, SOCK_RAW); ring = mmap(fd); TP_SET_STATUS(ring[0], TP_STATUS_KERNEL)',
  ),
  macro('FD_ZERO', [SET], 'number', '0.', 'Empties a set.', 'readers = [0]; FD_ZERO(readers)'),
  macro('FD_SET', [FD, SET], 'number', '0.', 'Puts a descriptor into a set.', 'readers = []; FD_SET(0, readers)'),
  macro('FD_CLR', [FD, SET], 'number', '0.', 'Takes a descriptor out of a set.', 'readers = [0]; FD_CLR(0, readers)'),
  macro(
    'FD_ISSET',
    [FD, SET],
    'number',
    '1 or 0.',
    'Whether a descriptor is in a set: after select, whether it is ready.',
    'readers = [0]; select(1, readers, [], [], 5ms); if FD_ISSET(0, readers) { }',
  ),
];
