/** Counters and knobs of a host's network namespace (include/net/netns/*.h, include/uapi/linux/snmp.h), under the names of /proc. */

/** /proc/net/snmp and /proc/net/netstat: group -> counter -> value; a counter is there from the start. */
export interface Mib {
  Ip: Record<'Forwarding' | 'DefaultTTL' | 'InReceives' | 'InHdrErrors' | 'InAddrErrors' | 'ForwDatagrams' | 'InUnknownProtos' | 'InDiscards' | 'InDelivers' | 'OutRequests' | 'OutDiscards' | 'OutNoRoutes' | 'ReasmTimeout' | 'ReasmReqds' | 'ReasmOKs' | 'ReasmFails' | 'FragOKs' | 'FragFails' | 'FragCreates' | 'OutTransmits', number>;
  Icmp: Record<'InMsgs' | 'InErrors' | 'InCsumErrors' | 'InDestUnreachs' | 'InTimeExcds' | 'InParmProbs' | 'InSrcQuenchs' | 'InRedirects' | 'InEchos' | 'InEchoReps' | 'InTimestamps' | 'InTimestampReps' | 'InAddrMasks' | 'InAddrMaskReps' | 'OutMsgs' | 'OutErrors' | 'OutRateLimitGlobal' | 'OutRateLimitHost' | 'OutDestUnreachs' | 'OutTimeExcds' | 'OutParmProbs' | 'OutSrcQuenchs' | 'OutRedirects' | 'OutEchos' | 'OutEchoReps' | 'OutTimestamps' | 'OutTimestampReps' | 'OutAddrMasks' | 'OutAddrMaskReps', number>;
  /** InType3, OutType3 ...: made when first counted, as in /proc. */
  IcmpMsg: Record<string, number>;
  Tcp: Record<'RtoAlgorithm' | 'RtoMin' | 'RtoMax' | 'MaxConn' | 'ActiveOpens' | 'PassiveOpens' | 'AttemptFails' | 'EstabResets' | 'CurrEstab' | 'InSegs' | 'OutSegs' | 'RetransSegs' | 'InErrs' | 'OutRsts' | 'InCsumErrors', number>;
  Udp: Record<'InDatagrams' | 'NoPorts' | 'InErrors' | 'OutDatagrams' | 'RcvbufErrors' | 'SndbufErrors' | 'InCsumErrors' | 'IgnoredMulti' | 'MemErrors', number>;
  IpExt: Record<'InNoRoutes' | 'InTruncatedPkts' | 'InMcastPkts' | 'OutMcastPkts' | 'InBcastPkts' | 'OutBcastPkts' | 'InOctets' | 'OutOctets' | 'InMcastOctets' | 'OutMcastOctets' | 'InBcastOctets' | 'OutBcastOctets' | 'InCsumErrors' | 'InNoECTPkts' | 'InECT1Pkts' | 'InECT0Pkts' | 'InCEPkts' | 'ReasmOverlaps', number>;
  TcpExt: Record<string, number>;
  /** /proc/net/snmp6: its names are those of the group and the counter. */
  Ip6: Record<'InReceives' | 'InHdrErrors' | 'InTooBigErrors' | 'InNoRoutes' | 'InAddrErrors' | 'InUnknownProtos' | 'InTruncatedPkts' | 'InDiscards' | 'InDelivers' | 'OutForwDatagrams' | 'OutRequests' | 'OutDiscards' | 'OutNoRoutes' | 'ReasmTimeout' | 'ReasmReqds' | 'ReasmOKs' | 'ReasmFails' | 'FragOKs' | 'FragFails' | 'FragCreates' | 'InMcastPkts' | 'OutMcastPkts' | 'InOctets' | 'OutOctets' | 'InMcastOctets' | 'OutMcastOctets' | 'InBcastOctets' | 'OutBcastOctets' | 'InNoECTPkts' | 'InECT1Pkts' | 'InECT0Pkts' | 'InCEPkts' | 'OutTransmits', number>;
  Icmp6: Record<'InMsgs' | 'InErrors' | 'OutMsgs' | 'OutErrors' | 'InCsumErrors' | 'OutRateLimitHost' | 'InDestUnreachs' | 'InPktTooBigs' | 'InTimeExcds' | 'InParmProblems' | 'InEchos' | 'InEchoReplies' | 'InGroupMembQueries' | 'InGroupMembResponses' | 'InGroupMembReductions' | 'InRouterSolicits' | 'InRouterAdvertisements' | 'InNeighborSolicits' | 'InNeighborAdvertisements' | 'InRedirects' | 'InMLDv2Reports' | 'OutDestUnreachs' | 'OutPktTooBigs' | 'OutTimeExcds' | 'OutParmProblems' | 'OutEchos' | 'OutEchoReplies' | 'OutGroupMembQueries' | 'OutGroupMembResponses' | 'OutGroupMembReductions' | 'OutRouterSolicits' | 'OutRouterAdvertisements' | 'OutNeighborSolicits' | 'OutNeighborAdvertisements' | 'OutRedirects' | 'OutMLDv2Reports', number>;
  /** InType135, OutType135 ...: made when first counted, as in /proc. */
  Icmp6Msg: Record<string, number>;
  Udp6: Mib['Udp'];
}

const zeros = <K extends string>(names: string): Record<K, number> =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, 0])) as Record<K, number>;

/** TcpExt counters in the order of /proc/net/netstat. */
const TCP_EXT = `
  SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned OutOfWindowIcmps
  LockDroppedIcmps ArpFilter TW TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow TSEcrRejected PAWSOldAck
  PAWSTimewait DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows ListenDrops TCPHPHits TCPPureAcks TCPHPAcks
  TCPRenoRecovery TCPSackRecovery TCPSACKReneging TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo
  TCPDSACKUndo TCPLossUndo TCPLostRetransmit TCPRenoFailures TCPSackFailures TCPLossFailures TCPFastRetrans
  TCPSlowStartRetrans TCPTimeouts TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail
  TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv TCPAbortOnData
  TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures
  TCPMemoryPressuresChrono TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs TCPMD5NotFound
  TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop
  TCPMinTTLDrop TCPDeferAcceptDrop IPReversePathFilter TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop
  TCPRetransFail TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK TCPSYNChallenge TCPFastOpenActive
  TCPFastOpenActiveFail TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow TCPFastOpenCookieReqd
  TCPFastOpenBlackhole TCPSpuriousRtxHostQueues BusyPollRxPackets TCPAutoCorking TCPFromZeroWindowAdv TCPToZeroWindowAdv
  TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect
  TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq TCPACKSkippedFinWait2 TCPACKSkippedTimeWait
  TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive TCPMTUPFail TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed
  TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig TCPFastOpenPassiveAltKey TcpTimeoutRehash TcpDuplicateDataRehash
  TCPDSACKRecvSegs TCPDSACKIgnoredDubious TCPMigrateReqSuccess TCPMigrateReqFailure TCPPLBRehash TCPAORequired TCPAOBad
  TCPAOKeyNotFound TCPAOGood TCPAODroppedIcmps`;

/** All counters at zero, in the order of /proc. */
export function createMib(): Mib {
  return {
    Ip: { ...zeros<keyof Mib['Ip']>('Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits'), Forwarding: 2, DefaultTTL: 64 },
    Icmp: zeros('InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps'),
    IcmpMsg: {},
    Tcp: { ...zeros<keyof Mib['Tcp']>('RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors'), RtoAlgorithm: 1, RtoMin: 200, RtoMax: 120000, MaxConn: -1 },
    Udp: zeros('InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors'),
    IpExt: zeros('InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts ReasmOverlaps'),
    TcpExt: zeros(TCP_EXT.trim()),
    Ip6: zeros('InReceives InHdrErrors InTooBigErrors InNoRoutes InAddrErrors InUnknownProtos InTruncatedPkts InDiscards InDelivers OutForwDatagrams OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates InMcastPkts OutMcastPkts InOctets OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts OutTransmits'),
    Icmp6: zeros('InMsgs InErrors OutMsgs OutErrors InCsumErrors OutRateLimitHost InDestUnreachs InPktTooBigs InTimeExcds InParmProblems InEchos InEchoReplies InGroupMembQueries InGroupMembResponses InGroupMembReductions InRouterSolicits InRouterAdvertisements InNeighborSolicits InNeighborAdvertisements InRedirects InMLDv2Reports OutDestUnreachs OutPktTooBigs OutTimeExcds OutParmProblems OutEchos OutEchoReplies OutGroupMembQueries OutGroupMembResponses OutGroupMembReductions OutRouterSolicits OutRouterAdvertisements OutNeighborSolicits OutNeighborAdvertisements OutRedirects OutMLDv2Reports'),
    Icmp6Msg: {},
    Udp6: zeros('InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors'),
  };
}
