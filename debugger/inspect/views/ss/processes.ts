/** `users:(("app",pid=5,fd=3))`: the processes that hold a socket open. */
import type { Host } from '../../../kernel/include/linux/host.ts';
import type { sock } from '../../../kernel/include/net/sock.ts';

/** '' when nobody does. */
export function holders(host: Host, { sk_socket }: sock): string {
  if (sk_socket === null) return '';
  const users = host.tasks.flatMap(({ comm, pid, files }) =>
    files.flatMap((file, fd) => (file?.private_data === sk_socket ? [`("${comm}",pid=${pid},fd=${fd})`] : [])),
  );
  return users.length === 0 ? '' : `users:(${users.join(',')})`;
}
