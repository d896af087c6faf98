/**
 * The compiled scenario: what the debugger's world is built from.
 *
 * Plain, deeply readonly data. Names are resolved, units are normalised (time in ns, sizes in bytes, rates in bits per
 * second, probabilities in parts per million, IPv4 addresses as unsigned 32-bit integers in host order, IPv6 addresses as their
 * canonical texts, MAC addresses as six numbers). A knob that the text does not name is absent: the world applies the modelled kernel's default.
 */
import type { Expression } from './expression.ts';
import type { IpAddress } from './in6Addr.ts';

/** Offsets into the scenario text, and the 1-based line of `start`, for breakpoints and stack frames. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly endLine: number;
}

export type Mac = readonly [number, number, number, number, number, number];

export interface Scenario {
  /** File name without folders. */
  readonly file: string;
  readonly links: readonly LinkSpec[];
  readonly hosts: readonly HostSpec[];
  readonly veths: readonly VethSpec[];
  readonly traffic: readonly TrafficSpec[];
  readonly expects: readonly ExpectSpec[];
  /** Figures of the cost table that the scenario overrides: cost name -> ns. */
  readonly costs: Readonly<Record<string, number>>;
}

export interface LinkSpec {
  readonly name: string;
  /** bits per second */
  readonly rate: number;
  /** propagation, ns */
  readonly delay: number;
  readonly losses: readonly LossSpec[];
  /** In the order of time, none inside another. */
  readonly cuts: readonly CutSpec[];
  /** ns from the cable's end to the link's; ns from the cable's return to the link's. */
  readonly fastLinkDown: number;
  readonly autonegotiation: number;
  readonly span: Span;
}

/** ns at which the cable is pulled, and plugged in again; null: never. */
export interface CutSpec {
  readonly from: number;
  readonly until: number | null;
  readonly span: Span;
}

/** Frames that the wire loses: by position (1-based, counted per direction after `match`), and/or by probability. */
export interface LossSpec {
  readonly from: { readonly host: string; readonly nic: string } | null;
  readonly frames: readonly number[];
  /** parts per million */
  readonly probability: number;
  readonly match: Expression | null;
  readonly span: Span;
}

export interface HostSpec {
  readonly name: string;
  readonly cpus: number;
  readonly nics: readonly NicSpec[];
  readonly bridges: readonly BridgeSpec[];
  readonly routes: readonly RouteSpec[];
  readonly neighbours: readonly NeighbourSpec[];
  /** `net.ipv4.ip_forward` -> value(s), as sysctl(8) prints them, split at white space. */
  readonly sysctls: Readonly<Record<string, readonly (number | string)[]>>;
  readonly netfilter: readonly NfChainSpec[];
  readonly processes: readonly ProcessSpec[];
  readonly span: Span;
}

export interface NicSpec {
  readonly name: string;
  readonly link: string;
  readonly driver: 'igb';
  readonly mac: Mac | null;
  readonly addresses: readonly AddressSpec[];
  readonly mtu: number | null;
  readonly rxRing: number | null;
  readonly txRing: number | null;
  readonly queues: number | null;
  readonly txqueuelen: number | null;
  /** Mask of the TCP flags in a TSO's last segment. */
  readonly tsoLastFlags: number | null;
  /** CPUs that serve the interrupts, queue i on irqCpus[i % length]; empty: all CPUs in turn. */
  readonly irqCpus: readonly number[];
  readonly coalesce: { readonly rxUsecs: number | null; readonly txUsecs: number | null };
  /** Feature names of ethtool -k that the text sets, for example `tcp-segmentation-offload`. */
  readonly offloads: Readonly<Record<string, boolean>>;
  readonly qdisc: QdiscSpec | null;
  /** Files under /sys/class/net/DEVICE. */
  readonly sysfs: SysfsSpec;
  readonly span: Span;
}

/** `ports`: names of devices of the same host, in the order of the text. */
export interface BridgeSpec {
  readonly name: string;
  readonly ports: readonly string[];
  /** ns */
  readonly ageingTime: number | null;
  readonly mac: Mac | null;
  readonly addresses: readonly AddressSpec[];
  readonly mtu: number | null;
  readonly span: Span;
}

/** CPU lists instead of masks; nothing set: empty, 0, false. */
export interface SysfsSpec {
  readonly rps_cpus: readonly number[];
  readonly rps_flow_cnt: number;
  readonly xps_cpus: readonly { readonly queue: number; readonly cpus: readonly number[] }[];
  /** ns */
  readonly gro_flush_timeout: number;
  readonly napi_defer_hard_irqs: number;
  readonly threaded: boolean;
}

export interface AddressSpec {
  readonly address: IpAddress;
  readonly prefix: number;
  readonly span: Span;
}

export interface QdiscSpec {
  readonly kind: string;
  /** Option name as tc(8) spells it -> value in the option's dimension. */
  readonly options: Readonly<Record<string, number>>;
  readonly span: Span;
}

/** A veth pair: two devices, each in a host of its own or both in one. */
export interface VethSpec {
  readonly name: string;
  readonly ends: readonly [VethEndSpec, VethEndSpec];
  readonly span: Span;
}
export interface VethEndSpec {
  readonly host: string;
  readonly name: string;
  readonly mac: Mac | null;
  readonly addresses: readonly AddressSpec[];
  readonly mtu: number | null;
  /** CPUs that take its packets over from the sender's; empty: none. */
  readonly rpsCpus: readonly number[];
  /** As of a NIC. */
  readonly offloads: Readonly<Record<string, boolean>>;
  readonly span: Span;
}

export interface RouteSpec {
  readonly destination: IpAddress;
  readonly prefix: number;
  readonly via: IpAddress | null;
  readonly dev: string | null;
  readonly metrics: readonly RouteMetricSpec[];
  readonly span: Span;
}

/** What a route says of the way, by its name in ip-route(8); a time in ns. */
export interface RouteMetricSpec {
  readonly name: string;
  readonly value: number | string;
  readonly lock: boolean;
}

export interface NeighbourSpec {
  readonly address: IpAddress;
  readonly mac: Mac;
  readonly dev: string;
  readonly span: Span;
}

/** The rules of one base chain; blocks of the same family, type and hook are one. */
export interface NfChainSpec {
  readonly family: 'inet' | 'ip' | 'ip6';
  readonly type: 'filter' | 'nat' | 'raw';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly rules: readonly NfRuleSpec[];
}

export interface NfRuleSpec {
  readonly match: Expression | null;
  /** Bytes; null: without limit. */
  readonly quota: number | null;
  readonly verdict: 'drop' | 'accept' | 'count' | 'reject' | 'notrack' | 'snat' | 'dnat' | 'masquerade' | 'redirect';
  /** Of the NAT verdicts: the new address, and the first and last port; null where the text has none. */
  readonly to: {
    readonly address: number | null;
    readonly port: number | null;
    readonly lastPort: number | null;
  } | null;
  /** Of `reject`: the code of ICMP "destination unreachable"; -1: a TCP reset. Null for other verdicts. */
  readonly icmpCode: number | null;
  readonly span: Span;
}

export interface ProcessSpec {
  readonly name: string;
  /** null: the scheduler chooses. */
  readonly cpu: number | null;
  /** ns; when the process starts. */
  readonly startAt: number;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** One step of a process. Expressions that are calls of system calls may appear anywhere an expression may. */
export type Statement =
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression; readonly span: Span }
  | { readonly kind: 'do'; readonly value: Expression; readonly span: Span }
  | { readonly kind: 'sleep'; readonly ns: Expression; readonly span: Span }
  | { readonly kind: 'compute'; readonly ns: Expression; readonly span: Span }
  | { readonly kind: 'loop'; readonly body: readonly Statement[]; readonly span: Span }
  | { readonly kind: 'repeat'; readonly count: Expression; readonly body: readonly Statement[]; readonly span: Span }
  | {
      readonly kind: 'each';
      readonly name: string;
      readonly of: Expression;
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly span: Span;
    }
  | { readonly kind: 'break'; readonly span: Span }
  | { readonly kind: 'continue'; readonly span: Span }
  | { readonly kind: 'exit'; readonly span: Span };

/** Frames that come from outside the programs: they enter the wire towards a NIC. */
export interface TrafficSpec {
  /** ns of the first frame, ns between frames, number of frames. */
  readonly from: number;
  readonly every: number;
  readonly count: number;
  /** The NIC that receives them. */
  readonly to: { readonly host: string; readonly nic: string };
  readonly frame: FrameSpec;
  readonly span: Span;
}

/** `upwards`: each frame of a series comes from the next port. */
export interface FrameEnds {
  readonly source: IpAddress;
  readonly sourcePort: number;
  readonly upwards: boolean;
  readonly destination: IpAddress;
  readonly destinationPort: number;
}

export type FrameSpec =
  | {
      readonly kind: 'udp';
      readonly ends: FrameEnds;
      readonly payload: number;
    }
  | {
      readonly kind: 'tcp';
      readonly ends: FrameEnds;
      /** Bits of the header's flags. */
      readonly flags: number;
      readonly seq: number;
      readonly ack: number;
      readonly payload: number;
    }
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] };

export interface ExpectSpec {
  readonly test: Expression;
  readonly text: string;
  /** `host.process finishes before 5ms`: the moment; otherwise the test holds at the end. */
  readonly before: { readonly host: string; readonly process: string; readonly ns: number } | null;
  readonly span: Span;
}
