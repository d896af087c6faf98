/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function ep_eventpoll_poll(..._: any[]): any { return {}; }
export function ep_eventpoll_release(..._: any[]): any { return {}; }
export function eventpoll_release(..._: any[]): any { return {}; }
