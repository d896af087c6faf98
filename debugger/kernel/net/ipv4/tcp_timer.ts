/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export const tcp_hrtimer_functions: any = {};
export const tcp_soft_hrtimers: any = {};
export const tcp_timer_functions: any = {};
export function tcp_delack_timer_handler(..._: any[]): any { return {}; }
export function tcp_write_timer_handler(..._: any[]): any { return {}; }
