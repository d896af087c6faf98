/** Counters of a host's tables, by the names under which /proc shows them. */
import type { MemberSchema } from './shapes.ts';

export interface CounterTable extends MemberSchema {
  readonly members: ReadonlyMap<string, MemberSchema>;
}

const table = (name: string, doc: string, counters: string): [string, CounterTable] => [
  name,
  {
    name,
    doc,
    members: new Map(
      counters
        .split(' ')
        .filter(Boolean)
        .map((each) => [each, { name: each, doc: '' }]),
    ),
  },
];

const IP =
  'ForwDatagrams InReceives InHdrErrors InAddrErrors InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ' +
  'OutTransmits ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates';
const ICMP =
  'InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InEchos InEchoReps OutMsgs OutErrors OutRateLimitGlobal ' +
  'OutRateLimitHost OutDestUnreachs OutTimeExcds OutEchos OutEchoReps';
const TCP =
  'ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors';
const UDP = 'InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors';
const IP6 =
  'InReceives InHdrErrors InTooBigErrors InNoRoutes InAddrErrors InUnknownProtos InTruncatedPkts InDiscards InDelivers OutForwDatagrams OutRequests OutDiscards ' +
  'OutNoRoutes OutTransmits ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates InMcastPkts OutMcastPkts InOctets OutOctets';
const ICMP6 =
  'InMsgs InErrors InCsumErrors OutMsgs OutErrors OutRateLimitHost InDestUnreachs InPktTooBigs InTimeExcds InEchos InEchoReplies InNeighborSolicits ' +
  'InNeighborAdvertisements OutDestUnreachs OutPktTooBigs OutTimeExcds OutEchos OutEchoReplies OutNeighborSolicits OutNeighborAdvertisements';
const TCP_EXT =
  'SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned TW TWRecycled DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows ListenDrops ' +
  'TCPHPHits TCPPureAcks TCPHPAcks TCPSackRecovery TCPLossUndo TCPLostRetransmit TCPFastRetrans TCPSlowStartRetrans TCPTimeouts TCPLossProbes ' +
  'TCPLossProbeRecovery TCPBacklogCoalesce TCPBacklogDrop TCPDSACKRecv TCPAbortOnData TCPAbortOnClose TCPAbortOnTimeout TCPMemoryPressures TCPMemoryPressuresChrono ' +
  'TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPAutoCorking TCPSpuriousRtxHostQueues TCPRetransFail TCPRcvCollapsed TCPWantZeroWindowAdv ' +
  'TCPToZeroWindowAdv TCPFromZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPKeepAlive TCPDelivered TCPAckCompressed TCPZeroWindowDrop TCPRcvQDrop TCPWinProbe ' +
  'TCPReqQFullDoCookies TCPReqQFullDrop TCPChallengeACK TCPSYNChallenge TCPSackShifted TCPSackMerged TCPSackShiftFallback TCPSACKReorder ' +
  'TCPTSReorder TCPRenoReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo TCPRenoRecovery TCPRenoFailures TCPSackFailures TCPLossFailures ' +
  'TCPTimeWaitOverflow TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect TCPHystartDelayCwnd TCPDSACKOldSent TCPDSACKOfoSent ' +
  'TCPDSACKOfoRecv TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq TCPDeferAcceptDrop TCPSpuriousRTOs TCPSACKDiscard PAWSEstab LockDroppedIcmps TCPAbortFailed TCPAbortOnLinger TCPAbortOnMemory';
const IP_EXT =
  'InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets InNoECTPkts';

const CONNTRACK = 'found invalid insert insert_failed drop early_drop error search_restart clash_resolve chaintoolong';

/** `snmp`, `snmp6` and `netstat` hold tables of counters, `softirqs` a counter for each CPU, `netfilter` a list of rules. */
export const HOST_TABLES: ReadonlyMap<string, ReadonlyMap<string, CounterTable>> = new Map([
  [
    'snmp',
    new Map([
      table('Ip', 'IP counters.', IP),
      table('Icmp', 'ICMP counters.', ICMP),
      table('Tcp', 'TCP counters.', TCP),
      table('Udp', 'UDP counters.', UDP),
    ]),
  ],
  [
    'snmp6',
    new Map([
      table('Ip6', 'IPv6 counters.', IP6),
      table('Icmp6', 'ICMPv6 counters.', ICMP6),
      table('Udp6', 'UDP counters over IPv6.', UDP),
    ]),
  ],
  ['netstat', new Map([table('TcpExt', 'More TCP counters.', TCP_EXT), table('IpExt', 'More IP counters.', IP_EXT)])],
  [
    'softirqs',
    new Map(
      ['HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'].map((each) =>
        table(each, 'Runs by CPU.', ''),
      ),
    ),
  ],
  [
    'netfilter',
    new Map([
      ...['prerouting', 'input', 'forward', 'output', 'postrouting'].map((each) =>
        table(each, 'Rules of this hook, in order.', ''),
      ),
      table('nat', 'Rules of nat chains by hook.', 'prerouting input output postrouting'),
      table('raw', 'Rules of raw chains by hook.', 'prerouting output'),
    ]),
  ],
  [
    'conntrack',
    new Map([
      table('count', 'Connections, in the table or on their way there.', ''),
      table('entries', 'The connections in the table.', ''),
      ...CONNTRACK.split(' ').map((each) => table(each, 'A counter of `conntrack -S`, of all CPUs together.', '')),
    ]),
  ],
]);

const columns = (names: string): ReadonlyMap<string, MemberSchema> =>
  new Map(names.split(' ').map((name) => [name, { name, doc: '' }]));

/** What one row of a table has that is read by index: `server.softnet_stat[0].time_squeeze`. */
export const ROW_MEMBERS: ReadonlyMap<string, ReadonlyMap<string, MemberSchema>> = new Map([
  ['softnet_stat', columns('processed dropped time_squeeze received_rps flow_limit_count backlog_len cpu')],
  ['stat', columns('user nice system idle iowait irq softirq')],
  ['netfilter', columns('packets bytes')],
  ['conntrack', columns('status timeout mark use tcp tuplehash')],
]);
