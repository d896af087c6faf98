/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function ep_autoremove_wake_function(..._: any[]): any { return {}; }
export function ep_poll_callback(..._: any[]): any { return {}; }
