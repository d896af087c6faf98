/** Names that packetdrill's Python blocks know: states, congestion states, option bits (include/uapi/linux/tcp.h). */
const STATES = ['TCP_ESTABLISHED', 'TCP_SYN_SENT', 'TCP_SYN_RECV', 'TCP_FIN_WAIT1', 'TCP_FIN_WAIT2', 'TCP_TIME_WAIT', 'TCP_CLOSE', 'TCP_CLOSE_WAIT', 'TCP_LAST_ACK', 'TCP_LISTEN', 'TCP_CLOSING'];
const CONGESTION = ['TCP_CA_Open', 'TCP_CA_Disorder', 'TCP_CA_CWR', 'TCP_CA_Recovery', 'TCP_CA_Loss'];
const OPTIONS = ['TIMESTAMPS', 'SACK', 'WSCALE', 'ECN', 'ECN_SEEN', 'SYN_DATA', 'USEC_TS', 'TFO_CHILD'];

export const PYTHON_NAMES: ReadonlyMap<string, number> = new Map([
  ...STATES.map((name, i) => [name, i + 1] as const),
  ...CONGESTION.map((name, i) => [name, i] as const),
  ...OPTIONS.map((name, i) => [`TCPI_OPT_${name}`, 1 << i] as const),
]);

/** SO_MEMINFO's figures in their order. */
export const MEMINFO = ['RMEM_ALLOC', 'RCVBUF', 'WMEM_ALLOC', 'SNDBUF', 'FWD_ALLOC', 'WMEM_QUEUED', 'OPTMEM', 'BACKLOG', 'DROPS'].map((name) => `SK_MEMINFO_${name}`);
