/** What a route may say of the way (include/uapi/linux/rtnetlink.h), by the names of ip-route(8). */
export const RTAX_LOCK = 1;
export const RTAX_MTU = 2;
export const RTAX_ADVMSS = 8;
export const RTAX_HOPLIMIT = 10;
export const RTAX_INITCWND = 11;
export const RTAX_FEATURES = 12;
export const RTAX_RTO_MIN = 13;
export const RTAX_INITRWND = 14;
export const RTAX_QUICKACK = 15;
export const RTAX_MAX = 17;

export const RTAX_FEATURE_ECN = 1;

export const RTAX_NAMES: Readonly<Record<string, number>> = {
  mtu: RTAX_MTU, advmss: RTAX_ADVMSS, initcwnd: RTAX_INITCWND, features: RTAX_FEATURES, rto_min: RTAX_RTO_MIN, initrwnd: RTAX_INITRWND, quickack: RTAX_QUICKACK,
};
