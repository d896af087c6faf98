/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function ep_ptable_queue_proc(..._: any[]): any { return {}; }
