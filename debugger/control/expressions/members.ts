/** `value.name` and `value->name`, which mean the same: fields, and what a host, a device or a process answers to besides. */
import { interruptsByName } from '../../inspect/views/proc.ts';
import { deviceCounter, deviceCounterNames } from '../../inspect/deviceCounters.ts';
import { formatOf } from '../../inspect/format/field.ts';
import { SETS } from '../../inspect/format/flags.ts';
import { nicOf } from '../../inspect/nicOf.ts';
import { QDISC_FIGURES, qdiscTotal } from '../../inspect/qdiscTotals.ts';
import { structOf, tagged, typeName } from '../../inspect/struct.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import type { nft_chain_kind, nft_rule } from '../../kernel/include/linux/netfilter.ts';
import { conntrackTotals } from '../../inspect/views/conntrack.ts';
import { chainsOf } from '../../inspect/views/nft.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { task_struct } from '../../kernel/include/linux/sched.ts';
import type { Qdisc } from '../../kernel/include/net/sch_generic.ts';
import { failed, member as processMember } from '../../world/process/operators.ts';
import type { Program, Value } from '../../world/process/value.ts';
import { EvaluationError, type Found } from './found.ts';
import { unknownName } from './names.ts';

type Answer = (value: never, name: string) => Found | undefined;

/** What a struct answers to that is no field of it, or before its fields. */
const VIEWS: Readonly<Record<string, { read: Answer; names: (value: never) => string[] }>> = {
  Host: { read: hostMember, names: hostNames },
  net_device: {
    read: deviceMember,
    names: (dev: net_device) => ['rx_ring', 'tx_ring', 'nic', ...deviceCounterNames(dev)],
  },
  Qdisc: {
    read: (q: Qdisc, name: string) =>
      Object.hasOwn(QDISC_FIGURES, name) ? { value: qdiscTotal(q, QDISC_FIGURES[name]!) } : undefined,
    names: () => Object.keys(QDISC_FIGURES),
  },
  task_struct: {
    read: taskMember,
    names: (task: task_struct) => [
      'state',
      'errno',
      ...Object.keys(PROGRAM_MEMBERS),
      ...openFileNames(task),
      ...Object.keys(programOf(task)?.variables ?? {}),
    ],
  },
};

export function readMember(value: unknown, name: string): Found {
  if (value === null || value === undefined) throw new EvaluationError(`null has no member ${name}`);
  if (name === 'length' && (Array.isArray(value) || value instanceof Uint8Array)) return { value: value.length };
  if (typeof value === 'string' && name === 'length') return { value: value.length };
  if (typeof value !== 'object') throw new EvaluationError(`a ${typeof value} has no members`);
  const found = viewMember(value, name) ?? field(value, name) ?? valueMember(value, name);
  if (found === undefined) throw unknownName(`${typeName(value)} has no member ${name}`, name, memberNames(value));
  return found;
}

/** All that may stand behind the dot, for completion. */
export function memberNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) || value instanceof Uint8Array) return ['length'];
  const view = VIEWS[structOf(value)];
  return [
    ...(view === undefined ? [] : view.names(value as never)),
    ...Object.keys(value),
    ...processValueNames(value),
  ];
}

function viewMember(value: object, name: string): Found | undefined {
  return VIEWS[structOf(value)]?.read(value as never, name);
}

function field(value: object, name: string): Found | undefined {
  if (!Object.hasOwn(value, name)) return undefined;
  return { value: (value as Record<string, unknown>)[name], format: formatOf(structOf(value), name) };
}

/** A value of a scenario's process: `.text`, `.from`, `.length`. */
function valueMember(value: object, name: string): Found | undefined {
  if (!('kind' in value) || structOf(value) !== '') return undefined;
  const outcome = processMember(value as Value, name);
  return failed(outcome) ? undefined : { value: outcome };
}

const VALUE_NAMES: Readonly<Record<string, string[]>> = {
  buffer: ['length', 'text', 'from', 'flags', 'gso_size', 'timestamp', 'ts', 'error', 'iov'],
  list: ['length'],
  endpoint: ['address', 'port'],
};

function processValueNames(value: object): string[] {
  return VALUE_NAMES[(value as { kind?: string }).kind ?? ''] ?? [];
}

export const HOST_VIEWS: Readonly<Record<string, (host: Host) => unknown>> = {
  snmp: (host) => host.mib,
  snmp6: (host) => ({ Ip6: host.mib.Ip6, Icmp6: host.mib.Icmp6, Udp6: host.mib.Udp6 }),
  netstat: (host) => ({ TcpExt: host.mib.TcpExt, IpExt: host.mib.IpExt }),
  softnet_stat: (host) =>
    host.softnet.map((sd, cpu) => ({
      processed: sd.processed,
      dropped: sd.dropped,
      time_squeeze: sd.time_squeeze,
      received_rps: sd.received_rps,
      flow_limit_count: sd.flow_limit?.count ?? 0,
      backlog_len: sd.input_pkt_queue.length + sd.process_queue.length,
      cpu,
    })),
  softirqs: (host) => Object.fromEntries(SETS.softirq!.map(([, name], i) => [name, host.softirq_counts[i] ?? []])),
  interrupts: interruptsByName,
  stat: (host) =>
    host.cpus.map(({ spent }) => ({
      user: spent.us,
      system: spent.sy,
      irq: spent.hi,
      softirq: spent.si,
      idle: spent.id,
    })),
  netfilter: (host) =>
    tagged('netfilter', {
      ...rulesByHook(host, 'filter'),
      nat: rulesByHook(host, 'nat'),
      raw: rulesByHook(host, 'raw'),
    }),
  conntrack: conntrackTotals,
  arp: (host) => host.arp_tbl.entries,
  routes: (host) => host.fib,
  neighbours6: (host) => host.nd_tbl.entries,
  routes6: (host) => host.fib6,
};

/** The rules of chains of one type by hook, in the order in which packets meet them. */
function rulesByHook(host: Host, type: nft_chain_kind): Record<string, nft_rule[]> {
  const chains = chainsOf(host).filter((chain) => chain.type === type);
  const ofHook = (hook: number) => chains.flatMap((chain) => (chain.hook === hook ? chain.rules : []));
  return Object.fromEntries(
    ['prerouting', 'input', 'forward', 'output', 'postrouting'].map((name, i) => [name, ofHook(i)]),
  );
}

function hostMember(host: Host, name: string): Found | undefined {
  const view = HOST_VIEWS[name];
  if (view !== undefined) return { value: view(host) };
  const cpu = /^cpu(\d+)$/.exec(name);
  const found = cpu === null ? undefined : host.cpus[Number(cpu[1])];
  const named = found ?? host.devices.find((dev) => dev.name === name) ?? processOf(host, name);
  return named === undefined ? undefined : { value: named };
}

function hostNames(host: Host): string[] {
  const processes = host.tasks.filter((task) => task.kind === 'user').map((task) => task.comm);
  return [
    ...host.devices.map((dev) => dev.name),
    ...processes,
    ...host.cpus.map((cpu) => `cpu${cpu.id}`),
    ...Object.keys(HOST_VIEWS),
  ];
}

export function processOf(host: Host, name: string): task_struct | undefined {
  return host.tasks.find((task) => task.kind === 'user' && task.comm === name);
}

function deviceMember(dev: net_device, name: string): Found | undefined {
  if (name === 'nic') return { value: nicOf(dev) };
  if (name === 'rx_ring') return { value: nicOf(dev)?.rx[0] ?? null };
  if (name === 'tx_ring') return { value: nicOf(dev)?.tx[0] ?? null };
  const counted = deviceCounter(dev, name);
  return counted === undefined ? undefined : { value: counted };
}

export function programOf(task: task_struct): Program | null {
  return task.kind === 'user' ? (task.program as Program | null) : null;
}

const PROGRAM_MEMBERS: Readonly<Record<string, (program: Program) => Found>> = {
  exited: ({ finished_at }) => ({ value: finished_at >= 0 }),
  finished_at: ({ finished_at }) => ({ value: finished_at >= 0 ? finished_at : null, format: 'ns' }),
  sent_bytes: ({ sent_bytes }) => ({ value: sent_bytes }),
  received_bytes: ({ received_bytes }) => ({ value: received_bytes }),
};

/** A process's variables go before the task's own fields: the scenario's author thinks of those. */
function taskMember(task: task_struct, name: string): Found | undefined {
  const program = programOf(task);
  if (program === null) return undefined;
  if (Object.hasOwn(program.variables, name)) return { value: program.variables[name] };
  const fd = /^fd(\d+)$/.exec(name);
  if (fd !== null) return openFile(task, Number(fd[1]));
  const own = PROGRAM_MEMBERS[name];
  if (own !== undefined) return own(program);
  if (name === 'state')
    return { value: program.finished_at >= 0 ? 'exited' : task.__state === 0 ? 'running' : 'sleeping' };
  return name === 'errno' ? { value: program.errno } : undefined;
}

/** `fd3`: the sock behind a descriptor, or what another kind of file has. */
function openFile(task: task_struct, fd: number): Found | undefined {
  const data = task.files[fd]?.private_data as { sk?: unknown } | null | undefined;
  return data === null || data === undefined ? undefined : { value: data.sk ?? data };
}

function openFileNames(task: task_struct): string[] {
  return task.files.flatMap((_, fd) => (openFile(task, fd) === undefined ? [] : `fd${fd}`));
}
