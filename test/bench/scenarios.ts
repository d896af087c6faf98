/** What the benches carry, as texts, and where their breakpoints stand. */

/** Bytes of a datagram or a segment. */
export const PAYLOAD = 1448;

/** 1448-byte datagrams at about 900 Mb/s over 1 Gb/s and 10 us, offloads off: the work of ns-3's UDP on/off application. */
export function floodScenario(datagrams: number): string {
  const nic = (address: string) => `nic eth0 { link wire; address ${address}/24; offloads { tx-checksumming = off; rx-checksumming = off; generic-receive-offload = off; generic-segmentation-offload = off; tcp-segmentation-offload = off; scatter-gather = off } }`;
  return `link wire { rate 1Gbps; delay 10us }
host a {
  ${nic('10.0.0.1')}
  neighbour 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
  process sender {
    fd = socket(AF_INET, SOCK_DGRAM)
    connect(fd, 10.0.0.2:9000)
    repeat ${datagrams} { send(fd, ${PAYLOAD}B); compute 10us }
  }
}
host b {
  ${nic('10.0.0.2').replace('link wire;', 'link wire; mac 02:00:00:00:00:02;')}
  process receiver {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:9000)
    loop { recv(fd, 2KiB) }
  }
}
`;
}

/** One TCP connection, 1448-byte segments, over the same wire. */
export function streamScenario(bytes: number): string {
  return floodScenario(0)
    .replace(/process sender \{[^}]*\{[^}]*\}[^}]*\}/, `process sender {
    fd = socket(AF_INET, SOCK_STREAM)
    connect(fd, 10.0.0.2:9000)
    repeat ${Math.floor(bytes / 65_536)} { send(fd, 64KiB) }
    close(fd)
  }`)
    .replace(/process receiver \{[\s\S]*/, `process receiver {
    listener = socket(AF_INET, SOCK_STREAM)
    bind(listener, 0.0.0.0:9000)
    listen(listener, 8)
    fd = accept4(listener)
    loop { data = recv(fd, 64KiB); if data.length == 0 { break } }
  }
}
`);
}

/** `flows` connections that share the bytes, each with a sender process and a listener of its own on the same two CPUs. */
export function streamsScenario(bytes: number, flows: number): string {
  const writes = Math.floor(bytes / flows / 65_536);
  const numbers = Array.from({ length: flows }, (_, i) => i);
  const senders = numbers.map((i) => `  process sender${i} {
    fd = socket(AF_INET, SOCK_STREAM)
    connect(fd, 10.0.0.2:${9000 + i})
    repeat ${writes} { send(fd, 64KiB) }
    close(fd)
  }`);
  const receivers = numbers.map((i) => `  process receiver${i} {
    listener = socket(AF_INET, SOCK_STREAM)
    bind(listener, 0.0.0.0:${9000 + i})
    listen(listener, 8)
    fd = accept4(listener)
    loop { data = recv(fd, 64KiB); if data.length == 0 { break } }
  }`);
  return floodScenario(0)
    .replace(/ {2}process sender \{[^}]*\{[^}]*\}[^}]*\}/, senders.join('\n'))
    .replace(/ {2}process receiver \{[\s\S]*/, `${receivers.join('\n')}\n}\n`);
}

/** The same work with the card's defaults: TSO, GRO, checksums. */
const withOffloads = (text: string): string => text.replaceAll(/; offloads \{[^}]*\}/g, '');

/** The scenarios by mode, for so many payload bytes. */
export const SCENARIOS: Readonly<Record<string, (bytes: number) => string>> = {
  udp: (bytes) => floodScenario(Math.floor(bytes / PAYLOAD)),
  tcp: streamScenario,
  tcp100: (bytes) => streamsScenario(bytes, 100),
  'tcp-offload': (bytes) => withOffloads(streamScenario(bytes)),
};

/** Twenty of TCP's functions: a UDP flood enters none of them, a TCP transfer most with each segment. */
export const ARMED = (
  'tcp_v4_rcv tcp_v4_do_rcv tcp_rcv_established tcp_rcv_state_process tcp_ack tcp_data_queue tcp_write_xmit __tcp_transmit_skb tcp_sendmsg tcp_recvmsg ' +
  'tcp_v4_connect tcp_connect tcp_finish_connect tcp_conn_request tcp_v4_send_synack tcp_close tcp_fin tcp_reset tcp_retransmit_timer tcp_send_ack'
).split(' ');
