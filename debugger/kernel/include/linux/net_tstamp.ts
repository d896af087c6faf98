/** What SO_TIMESTAMPING asks for, and what a stamp says (include/uapi/linux/net_tstamp.h, errqueue.h; include/net/sock.h). */
export const SOF_TIMESTAMPING_TX_HARDWARE = 1 << 0;
export const SOF_TIMESTAMPING_TX_SOFTWARE = 1 << 1;
export const SOF_TIMESTAMPING_RX_HARDWARE = 1 << 2;
export const SOF_TIMESTAMPING_RX_SOFTWARE = 1 << 3;
export const SOF_TIMESTAMPING_SOFTWARE = 1 << 4;
export const SOF_TIMESTAMPING_RAW_HARDWARE = 1 << 6;
export const SOF_TIMESTAMPING_OPT_ID = 1 << 7;
export const SOF_TIMESTAMPING_TX_SCHED = 1 << 8;
export const SOF_TIMESTAMPING_TX_ACK = 1 << 9;
export const SOF_TIMESTAMPING_OPT_CMSG = 1 << 10;
export const SOF_TIMESTAMPING_OPT_TSONLY = 1 << 11;
export const SOF_TIMESTAMPING_OPT_STATS = 1 << 12;
export const SOF_TIMESTAMPING_OPT_TX_SWHW = 1 << 14;
export const SOF_TIMESTAMPING_BIND_PHC = 1 << 15;
export const SOF_TIMESTAMPING_OPT_ID_TCP = 1 << 16;
export const SOF_TIMESTAMPING_OPT_RX_FILTER = 1 << 17;
export const SOF_TIMESTAMPING_TX_COMPLETION = 1 << 18;
const LAST = SOF_TIMESTAMPING_TX_COMPLETION;
export const SOF_TIMESTAMPING_MASK = (LAST - 1) | LAST;
/** What has a send leave its number with the skb. */
export const SOF_TIMESTAMPING_TX_RECORD_MASK = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK
  | SOF_TIMESTAMPING_TX_COMPLETION;
/** What has a stamp told. */
export const TSFLAGS_ANY = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RAW_HARDWARE;

/** ee_info of a stamp: given to the driver, to the queueing discipline, acknowledged. */
export const SCM_TSTAMP_SND = 0;
export const SCM_TSTAMP_SCHED = 1;
export const SCM_TSTAMP_ACK = 2;

/** Bits of sk_flags (enum sock_flags). */
export const SOCK_TIMESTAMP = 1 << 0;
export const SOCK_RCVTSTAMP = 1 << 1;
export const SOCK_RCVTSTAMPNS = 1 << 2;
export const SOCK_TIMESTAMPING_RX_SOFTWARE = 1 << 3;
export const SOCK_TIMESTAMPING_ANY = 1 << 4;
/** SO_RXQ_OVFL, SO_SELECT_ERR_QUEUE. */
export const SOCK_RXQ_OVFL = 1 << 5;
export const SOCK_SELECT_ERR_QUEUE = 1 << 6;
/** Those for which received packets are stamped. */
export const SK_FLAGS_TIMESTAMP = SOCK_TIMESTAMP | SOCK_TIMESTAMPING_RX_SOFTWARE;

/** struct scm_timestamping: ns by the host's clock [0] and by the NIC's [2]; 0: none. */
export type scm_timestamping = [number, number, number];
