/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function eventfd_poll(..._: any[]): any { return {}; }
export function eventfd_release(..._: any[]): any { return {}; }
