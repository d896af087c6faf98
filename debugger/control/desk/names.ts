/** What names mean in a frame: its locals, its process's variables, the packet and socket the stack is about, then the hosts and clocks. */
import type { World } from '../../machine/types.ts';
import { chained, type Names } from '../expressions/names.ts';
import { globals } from '../expressions/globals.ts';
import { programOf } from '../expressions/members.ts';
import { localNames, recordNames, unassignedNames } from '../site.ts';
import type { StackFrame } from '../stack/frame.ts';
import { deviceOfStack, packetOfStack, sockOfStack } from '../stack/packet_of.ts';

/** Without a frame: the globals alone. */
export function namesOfFrame(world: World, stack: readonly StackFrame[], index: number): Names {
  const frame = stack[index];
  if (frame?.kind === 'kernel')
    return chained(
      localNames(frame.locals()),
      subjects(stack, index),
      unassignedNames(frame.locals()),
      globals(world, { cpu: frame.cpu }),
    );
  if (frame?.kind === 'scenario')
    return chained(recordNames(programOf(frame.task)?.variables ?? {}), globals(world, { cpu: frame.task.cpu }));
  return globals(world, { cpu: world.running });
}

/** The scopes Packet, Socket and NIC under the names that the kernel mostly gives them. */
function subjects(stack: readonly StackFrame[], index: number): Names {
  const find = { skb: packetOfStack, sk: sockOfStack, dev: deviceOfStack };
  return {
    lookup: (name) => {
      const value = Object.hasOwn(find, name) ? find[name as keyof typeof find](stack, index) : null;
      return value === null ? undefined : { value };
    },
    all: () => Object.keys(find),
  };
}
