/** ioctl commands of sockets (include/uapi/linux/sockios.h): FIONREAD, TIOCOUTQ, whether the next byte is urgent, and bytes not sent yet. */
export const SIOCINQ = 0x541b;
export const SIOCOUTQ = 0x5411;
export const SIOCATMARK = 0x8905;
export const SIOCOUTQNSD = 0x894b;
