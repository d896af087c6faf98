/** Time passes on the CPU; frames arrive meanwhile, and their interrupt cuts in. */
import type { Cpu, World } from './types.ts';

const idt: { interrupt: ((cpu: Cpu) => void) | null } = { interrupt: null };

export function lidt(interrupt: (cpu: Cpu) => void): void {
  idt.interrupt = interrupt;
}

export function spend(cpu: Cpu, ns: number): void {
  cpu.now += ns;
  while (cpu.world.next_arrival <= cpu.now) frame_arrives(cpu.world);
  if (cpu.irq_pending && cpu.hardirq_count === 0) {
    cpu.nested++;
    take_interrupt(cpu);
  }
}

export function take_interrupt(cpu: Cpu): void {
  cpu.irq_pending = false;
  cpu.hardirq_count++;
  idt.interrupt!(cpu);
  cpu.hardirq_count--;
}

const NEVER = 9_000_000_000_000_000;

/** The card writes a frame into its ring; a full ring loses it. */
export function frame_arrives(world: World): void {
  const { napi } = world;
  const slot = napi.next_to_use & 255;
  if (napi.ring[slot] === null) {
    napi.ring[slot] = make_frame(world);
    napi.next_to_use++;
  } else napi.missed++;
  if (!napi.scheduled) world.cpu.irq_pending = true;
  world.frames_left--;
  world.next_arrival = world.frames_left > 0 ? world.next_arrival + 700 + (random(world) & 1023) : NEVER;
}

function make_frame(world: World): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes[12] = 8;
  bytes[23] = (random(world) & 15) === 0 ? 1 : 17;
  bytes[37] = random(world) & 3;
  for (let i = 42; i < 64; i++) bytes[i] = (world.seed + i) & 255;
  return bytes;
}

function random(world: World): number {
  world.seed = (Math.imul(world.seed, 1103515245) + 12345) & 0x7fffffff;
  return world.seed >>> 8;
}
