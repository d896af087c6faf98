/** ioctl commands of sockets (include/uapi/linux/sockios.h): FIONREAD, TIOCOUTQ and bytes not sent yet. */
export const SIOCINQ = 0x541b;
export const SIOCOUTQ = 0x5411;
export const SIOCOUTQNSD = 0x894b;
