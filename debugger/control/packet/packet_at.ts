/** The packet that somebody looks at, how it came to be, and where a step of it begins. */
import type { Lineage, sk_buff } from '../../kernel/include/linux/skbuff.ts';
import { clock } from '../../inspect/format/time.ts';
import { ancestry, lineageStep } from '../../inspect/lineage.ts';
import { structOf } from '../../inspect/struct.ts';
import { functionNumber } from '../debug_info.ts';
import { EvaluationError } from '../expressions/found.ts';
import type { Names } from '../expressions/names.ts';
import type { KernelFrame, StackFrame } from '../stack/frame.ts';
import { lineageOfStack } from '../stack/packet_of.ts';
import type { PacketEvent } from '../stop.ts';
import { type PacketStep, stageOnTheWay } from './packet_step.ts';

/** That of the frame in which `names` are seen, else the innermost of the stack, else the one whose end stopped the run. Throws an EvaluationError where there is none. */
export function packetAt(names: Names, stack: readonly StackFrame[], event: PacketEvent | null): Lineage {
  const skb = names.lookup('skb')?.value;
  const lineage =
    structOf(skb) === 'sk_buff' ? (skb as sk_buff).lineage : (lineageOfStack(stack) ?? event?.lineage ?? null);
  if (lineage === null)
    throw new EvaluationError('no function of this stack has a packet: stop in one that has an skb');
  return lineage;
}

/** From the stage that the innermost function on the way belongs to. */
export function packetStepFrom(
  stack: readonly StackFrame[],
  lineage: Lineage,
  direction: PacketStep['direction'],
): PacketStep {
  const frame = stack.find((each): each is KernelFrame => each.kind === 'kernel' && stageOf(each) !== '');
  return { direction, lineage, host: frame?.cpu.host.name ?? '', stage: frame === undefined ? '' : stageOf(frame) };
}

const stageOf = ({ name }: StackFrame): string => {
  const fn = functionNumber(name);
  return fn < 0 ? '' : stageOnTheWay(fn);
};

/** A line for each of its forms, oldest first, with the event in which it began, for `goto`. */
export const storyText = (lineage: Lineage): string =>
  ancestry(lineage)
    .map((each) => `${clock(each.time)}  ${lineageStep(each)}, event ${each.event}`)
    .join('\n');
