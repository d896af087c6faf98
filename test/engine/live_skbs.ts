/** What the world holds, found by walking all its records: for the books to be checked against. */
import type { World } from '../../debugger/machine/types.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import type { sock } from '../../debugger/kernel/include/net/sock.ts';

export interface Holdings { skbs: Set<sk_buff>; socks: Set<sock> }

/** Every live sk_buff and every sock that can be reached. A dead skb (users 0) may still be named by a local of a frame. */
export function holdings(world: World): Holdings {
  const found: Holdings = { skbs: new Set(), socks: new Set() };
  const seen = new Set<object>();
  const stack: object[] = [world];
  while (stack.length > 0) {
    const each = stack.pop()!;
    if (seen.has(each) || Object.isFrozen(each) || ArrayBuffer.isView(each)) continue;
    seen.add(each);
    if ('truesize' in each && 'shinfo' in each && (each as sk_buff).users > 0) found.skbs.add(each as sk_buff);
    if ('sk_receive_queue' in each) found.socks.add(each as sock);
    for (const value of Object.values(each)) if (typeof value === 'object' && value !== null) stack.push(value);
  }
  return found;
}
