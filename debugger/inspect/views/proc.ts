/** Files of /proc as `cat` prints them. */
import type { Host } from '../../kernel/include/linux/host.ts';
import { SETS } from '../format/flags.ts';

const right = (value: number | string, width: number): string => String(value).padStart(width);

/** /proc/softirqs (fs/proc/softirqs.c). */
export function procSoftirqs(host: Host): string {
  const head = `${' '.repeat(20)}${host.cpus.map((cpu) => `CPU${String(cpu.id).padEnd(8)}`).join('')}`;
  const names = SETS.softirq!.map(([, name]) => name);
  const rows = names.map(
    (name, i) =>
      `${right(name, 12)}:${host.cpus.map((cpu) => ` ${right(host.softirq_counts[i]?.[cpu.id] ?? 0, 10)}`).join('')}`,
  );
  return [head.trimEnd(), ...rows].join('\n');
}

/** Interrupts of no device: arch/x86/kernel/irq.c:arch_show_interrupts. */
const LOCAL_INTERRUPTS = [
  ['LOC', 'apic_timer_irqs', 'Local timer interrupts'],
  ['RES', 'irq_resched_count', 'Rescheduling interrupts'],
  ['CAL', 'irq_call_count', 'Function call interrupts'],
] as const;

/** Times taken, by CPU, of each line of /proc/interrupts by its name. */
export function interruptsByName(host: Host): Record<string, readonly number[]> {
  const lines = host.irq_descs.filter(Boolean).map((desc): [string, number[]] => [desc.name, desc.kstat]);
  const local = LOCAL_INTERRUPTS.map(([name, counter]): [string, number[]] => [
    name,
    host.cpus.map(({ irq_stat }) => irq_stat[counter]),
  ]);
  return Object.fromEntries([...lines, ...local]);
}

/** /proc/interrupts: the lines of devices (kernel/irq/proc.c:show_interrupts), then those of the CPUs among themselves. */
export function procInterrupts(host: Host): string {
  const head = `${' '.repeat(11)}${host.cpus.map((cpu) => `CPU${String(cpu.id).padEnd(8)}`).join('')}`;
  const rows = host.irq_descs
    .filter((desc) => desc !== null && desc !== undefined)
    .map((desc) => {
      const counts = host.cpus.map((cpu) => right(desc.kstat[cpu.id] ?? 0, 10)).join(' ');
      return `${right(desc.irq, 3)}: ${counts}  PCI-MSIX  ${desc.irq}-edge      ${desc.name}`;
    });
  const local = LOCAL_INTERRUPTS.map(
    ([name, counter, what]) =>
      `${name}: ${host.cpus.map((cpu) => right(cpu.irq_stat[counter], 10)).join(' ')}   ${what}`,
  );
  return [head.trimEnd(), ...rows, ...local].join('\n');
}

/** /proc/net/softnet_stat (net/core/net-procfs.c): fifteen hexadecimal columns a CPU. */
export function procSoftnetStat(host: Host): string {
  return host.softnet
    .map((sd, cpu) => {
      const [input, process] = [sd.input_pkt_queue.length, sd.process_queue.length];
      const row = [
        sd.processed,
        sd.dropped,
        sd.time_squeeze,
        0,
        0,
        0,
        0,
        0,
        0,
        sd.received_rps,
        sd.flow_limit?.count ?? 0,
        input + process,
        cpu,
        input,
        process,
      ];
      return row.map((value) => value.toString(16).padStart(8, '0')).join(' ');
    })
    .join('\n');
}

type Groups = Readonly<Record<string, Readonly<Record<string, number>>>>;

function pairs(groups: Groups, names: readonly string[]): string {
  const filled = names.filter((name) => Object.keys(groups[name] ?? {}).length > 0);
  return filled
    .map(
      (name) => `${name}: ${Object.keys(groups[name]!).join(' ')}\n${name}: ${Object.values(groups[name]!).join(' ')}`,
    )
    .join('\n');
}

/** /proc/net/snmp (net/ipv4/proc.c). */
export function procSnmp(host: Host): string {
  return pairs(host.mib as unknown as Groups, ['Ip', 'Icmp', 'IcmpMsg', 'Tcp', 'Udp']);
}

/** /proc/net/snmp6 (net/ipv6/proc.c): a counter a line. */
export function procSnmp6(host: Host): string {
  const { Ip6, Icmp6, Icmp6Msg, Udp6 } = host.mib;
  const groups: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
    ['Ip6', Ip6],
    ['Icmp6', Icmp6],
    ['Icmp6', Icmp6Msg],
    ['Udp6', Udp6],
  ];
  return groups
    .flatMap(([name, counters]) =>
      Object.entries(counters).map(([counter, value]) => `${`${name}${counter}`.padEnd(32)}\t${value}`),
    )
    .join('\n');
}

/** /proc/net/netstat. */
export function procNetstat(host: Host): string {
  return pairs(host.mib as unknown as Groups, ['TcpExt', 'IpExt']);
}

/** nstat -a: what has counted, a line each. */
export function nstat(host: Host): string {
  const rows: string[] = [];
  for (const [group, counters] of Object.entries(host.mib as unknown as Groups)) {
    for (const [name, value] of Object.entries(counters)) {
      if (value !== 0)
        rows.push(`${`${group === 'Icmp6Msg' ? 'Icmp6' : group}${name}`.padEnd(32)}${String(value).padEnd(19)}0.0`);
    }
  }
  return ['#kernel', ...rows].join('\n');
}

/** /proc/net/packet (net/packet/af_packet.c). The last columns, owner and inode, are always root and none. */
export function procPacket(host: Host): string {
  const rows = host.packet_sklist.map((sk) => {
    const { num, ifindex, running } = sk.packet!;
    return [
      sk.id.toString(16).padStart(16, '0'),
      String(sk.sk_refcnt).padEnd(6),
      String(sk.sk_type).padEnd(4),
      `${num.toString(16).padStart(4, '0')} `,
      `${String(ifindex).padEnd(5)} ${Number(running)}`,
      String(sk.sk_rmem_alloc).padEnd(6),
      `${'0'.padEnd(6)} 0`,
    ].join(' ');
  });
  return ['sk               RefCnt Type Proto  Iface R Rmem   User   Inode', ...rows].join('\n');
}
