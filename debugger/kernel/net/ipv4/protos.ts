/** struct proto of each protocol by name (sk->sk_prot): what a socket of it does (net/ipv4/af_inet.c). */
import { tcpv6_prot } from '../ipv6/tcp_ipv6/init.ts';
import { udpv6_prot } from '../ipv6/udp/proto.ts';
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sockaddr_in, sockopt_value } from '../../include/linux/socket.ts';
import type { msghdr, sock } from '../../include/net/sock.ts';
import { tcp_prot } from './tcp/proto.ts';
import { udp_prot } from './udp/proto.ts';

export interface proto {
  name: string;
  /** A socket that sends before it is bound gets its port from connect(). */
  no_autobind: boolean;
  /** What a socket is made with; a negative errno when it cannot be. */
  init: (cpu: Cpu, sk: sock) => number;
  close: (cpu: Cpu, sk: sock, timeout: number) => Resumable<void>;
  destroy: (cpu: Cpu, sk: sock) => void;
  pre_connect: (cpu: Cpu, sk: sock, addr: sockaddr_in) => number;
  connect: (cpu: Cpu, sk: sock, addr: sockaddr_in) => Resumable<number>;
  disconnect: (cpu: Cpu, sk: sock, flags: number) => Resumable<number>;
  shutdown: (cpu: Cpu, sk: sock, how: number) => void;
  sendmsg: (cpu: Cpu, sk: sock, msg: msghdr, size: number) => Resumable<number>;
  recvmsg: (cpu: Cpu, sk: sock, msg: msghdr, size: number, flags: number) => Resumable<number>;
  /** A splice to it has ended before its time. */
  splice_eof: (cpu: Cpu, sk: sock) => Resumable<void>;
  /** The int that an ioctl puts out, or a negative errno. */
  ioctl: (cpu: Cpu, sk: sock, cmd: number) => Resumable<number>;
  setsockopt: (cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value) => Resumable<number>;
  getsockopt: (cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value) => number;
  hash: (cpu: Cpu, sk: sock) => number;
  unhash: (cpu: Cpu, sk: sock) => void;
  /** Binds to a port, 0: to any that is free. Answers whether that failed. */
  get_port: (cpu: Cpu, sk: sock, snum: number) => boolean;
  keepalive: (cpu: Cpu, sk: sock, on: boolean) => void;
  set_rcvlowat: (cpu: Cpu, sk: sock, val: number) => number;
}

const protos: Record<string, proto> = { UDP: udp_prot, TCP: tcp_prot, UDPv6: udpv6_prot, TCPv6: tcpv6_prot };

/** @helper sk->sk_prot */
export function protoOf(sk: sock): proto {
  return protos[sk.sk_prot]!;
}
