/** Commands as one types them at a host's shell. They read; nothing changes. */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import { bridgeFdb, bridgeLink } from './bridge.ts';
import { conntrackList, conntrackStatistics, procNfConntrack, procStatNfConntrack } from './conntrack.ts';
import {
  ethtoolChannels,
  ethtoolCoalesce,
  ethtoolFeatures,
  ethtoolRings,
  ethtoolSettings,
  ethtoolStatistics,
} from './ethtool.ts';
import { type Family, ip6Route, ipAddr, ipLink, ipNeigh, ipRoute, sysClassNet } from './ip.ts';
import { ipTcpMetrics } from './ipTcpMetrics.ts';
import { mpstat } from './mpstat.ts';
import { nftRuleset } from './nft.ts';
import {
  nstat,
  procInterrupts,
  procNetstat,
  procPacket,
  procSnmp,
  procSnmp6,
  procSoftirqs,
  procSoftnetStat,
} from './proc.ts';
import { ps } from './ps.ts';
import { procSockstat } from './sockstat.ts';
import { ssOptions } from './ss/options.ts';
import { ss } from './ss/ss.ts';
import { sysctl } from './sysctl.ts';
import { tcQdisc } from './tc.ts';

export interface HostCommand {
  /** As in a usage line: upper case stands for what the user puts in. */
  readonly usage: string;
  readonly pattern: RegExp;
  readonly run: (host: Host, match: RegExpExecArray) => string;
}

const onDevice = (host: Host, name: string, show: (dev: net_device) => string): string => {
  const dev = host.devices.find((each) => each.name === name);
  return dev === undefined ? `Device "${name}" does not exist.` : show(dev);
};

/** In the order in which `help` lists them. */
export const HOST_COMMANDS: readonly HostCommand[] = [
  {
    usage: 'ip [-4|-6] neigh',
    pattern: /^ip\s+(?:-([46])\s+)?(?:n|neigh|neighbou?r)(?:\s+show)?$/,
    run: (host, [, family]) => ipNeigh(host, family as Family),
  },
  { usage: 'arp -an', pattern: /^arp(?:\s+-an?)?$/, run: (host) => ipNeigh(host, '4') },
  {
    usage: 'ip [-6] route [show table local]',
    pattern: /^ip\s+(?:-4\s+|(-6)\s+)?r(?:oute)?(?:\s+(?:show|list))?(?:\s+table\s+(\w+))?$/,
    run: (host, [, six, table]) => (six === undefined ? ipRoute : ip6Route)(host, table === 'local' ? 255 : 254),
  },
  {
    usage: 'ip [-4|-6] addr [show DEV]',
    pattern: /^ip\s+(?:-([46])\s+)?a(?:ddr(?:ess)?)?(?:\s+(?:show|list))?(?:\s+(?:dev\s+)?(\S+))?$/,
    run: (host, [, family, dev]) => ipAddr(host, family as Family, dev),
  },
  {
    usage: 'ip [-s] link [show DEV]',
    pattern: /^ip\s+(-s\s+)?l(?:ink)?(?:\s+(?:show|list))?(?:\s+(?:dev\s+)?(\S+))?$/,
    run: (host, [, statistics, dev]) => ipLink(host, statistics !== undefined, dev),
  },
  { usage: 'bridge fdb [show]', pattern: /^bridge\s+fdb(?:\s+(?:show|list))?$/, run: bridgeFdb },
  { usage: 'bridge link [show]', pattern: /^bridge\s+link(?:\s+(?:show|list))?$/, run: bridgeLink },
  { usage: 'ip tcp_metrics', pattern: /^ip\s+(?:tcp_metrics|tcpmetrics)(?:\s+(?:show|list))?$/, run: ipTcpMetrics },
  {
    usage: 'ss [-tu0lainmeopH]',
    pattern: /^ss((?:\s+-\w+)*)$/,
    run: (host, [, letters]) => {
      const options = ssOptions(letters!);
      return options === undefined ? `ss: invalid option in${letters}` : ss(host, options);
    },
  },
  {
    usage: 'ethtool DEV',
    pattern: /^ethtool\s+([^-\s]\S*)$/,
    run: (host, [, dev]) => onDevice(host, dev!, ethtoolSettings),
  },
  {
    usage: 'ethtool -S DEV',
    pattern: /^ethtool\s+-S\s+(\S+)$/,
    run: (host, [, dev]) => onDevice(host, dev!, ethtoolStatistics),
  },
  {
    usage: 'ethtool -g DEV',
    pattern: /^ethtool\s+-g\s+(\S+)$/,
    run: (host, [, dev]) => onDevice(host, dev!, ethtoolRings),
  },
  {
    usage: 'ethtool -k DEV',
    pattern: /^ethtool\s+-k\s+(\S+)$/,
    run: (host, [, dev]) => onDevice(host, dev!, ethtoolFeatures),
  },
  {
    usage: 'ethtool -c DEV',
    pattern: /^ethtool\s+-c\s+(\S+)$/,
    run: (host, [, dev]) => onDevice(host, dev!, ethtoolCoalesce),
  },
  {
    usage: 'ethtool -l DEV',
    pattern: /^ethtool\s+-l\s+(\S+)$/,
    run: (host, [, dev]) => onDevice(host, dev!, ethtoolChannels),
  },
  {
    usage: 'tc [-s] qdisc [show dev DEV]',
    pattern: /^tc\s+(-s\s+)?q(?:disc)?(?:\s+(?:show|list|ls))?(?:\s+dev\s+(\S+))?$/,
    run: (host, [, statistics, dev]) => tcQdisc(host, statistics !== undefined, dev),
  },
  { usage: 'nft list ruleset', pattern: /^nft\s+(?:-\w+\s+)*list\s+ruleset$/, run: nftRuleset },
  { usage: 'conntrack -L', pattern: /^conntrack\s+-L$/, run: conntrackList },
  {
    usage: 'conntrack -C',
    pattern: /^conntrack\s+-C$/,
    run: (host) => String(host.ct?.count ?? 0),
  },
  { usage: 'conntrack -S', pattern: /^conntrack\s+-S$/, run: conntrackStatistics },
  { usage: 'nstat', pattern: /^nstat(?:\s+-\w+)*$/, run: nstat },
  {
    usage: 'mpstat [-P ALL]',
    pattern: /^mpstat(\s+-P\s+ALL)?$/,
    run: (host, [, each]) => mpstat(host, each !== undefined),
  },
  { usage: 'ps', pattern: /^ps(?:\s+\S+)*$/, run: ps },
  { usage: 'sysctl [NAME]', pattern: /^sysctl(?:\s+(\S+))?$/, run: (host, [, name]) => sysctl(host, name ?? '') },
  {
    usage: 'cat /sys/class/net/DEV/carrier',
    pattern: /^(?:cat\s+)?(\/sys\/class\/net\/([^/\s]+)\/(\w+))$/,
    run: (host, [, path, dev, file]) =>
      onDevice(host, dev!, (each) => sysClassNet(each, file!) ?? `cat: ${path}: No such file or directory`),
  },
  { usage: 'cat /proc/softirqs', pattern: /^(?:cat\s+)?\/proc\/softirqs$/, run: procSoftirqs },
  { usage: 'cat /proc/interrupts', pattern: /^(?:cat\s+)?\/proc\/interrupts$/, run: procInterrupts },
  { usage: 'cat /proc/net/softnet_stat', pattern: /^(?:cat\s+)?\/proc\/net\/softnet_stat$/, run: procSoftnetStat },
  { usage: 'cat /proc/net/snmp', pattern: /^(?:cat\s+)?\/proc\/net\/snmp$/, run: procSnmp },
  { usage: 'cat /proc/net/snmp6', pattern: /^(?:cat\s+)?\/proc\/net\/snmp6$/, run: procSnmp6 },
  { usage: 'cat /proc/net/netstat', pattern: /^(?:cat\s+)?\/proc\/net\/netstat$/, run: procNetstat },
  { usage: 'cat /proc/net/packet', pattern: /^(?:cat\s+)?\/proc\/net\/packet$/, run: procPacket },
  {
    usage: 'cat /proc/net/nf_conntrack',
    pattern: /^(?:cat\s+)?\/proc\/net\/nf_conntrack$/,
    run: procNfConntrack,
  },
  {
    usage: 'cat /proc/net/stat/nf_conntrack',
    pattern: /^(?:cat\s+)?\/proc\/net\/stat\/nf_conntrack$/,
    run: procStatNfConntrack,
  },
  { usage: 'cat /proc/net/sockstat', pattern: /^(?:cat\s+)?\/proc\/net\/sockstat$/, run: procSockstat },
];

/** Programs of a host's shell: the first words of the commands. */
const PROGRAMS: ReadonlySet<string> = new Set(HOST_COMMANDS.map(({ usage }) => usage.split(' ')[0]!));

/** Whether the text begins as a command of a host does, whatever follows; a single word may be a name as well. */
export function looksLikeHostCommand(text: string): 'certainly' | 'perhaps' | 'no' {
  const [program, ...rest] = text.trim().split(/\s+/);
  if (!PROGRAMS.has(program!)) return 'no';
  return rest.length > 0 && /^[-/\w]/.test(rest[0]!) ? 'certainly' : rest.length === 0 ? 'perhaps' : 'no';
}

/** The command's output; undefined when there is no such command. */
export function runHostCommand(host: Host, text: string): string | undefined {
  for (const { pattern, run } of HOST_COMMANDS) {
    const match = pattern.exec(text.trim());
    if (match !== null) return run(host, match);
  }
  return undefined;
}
