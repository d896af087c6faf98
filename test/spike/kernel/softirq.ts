/** What loops over packets and what sleeps. */
import type { Resumable } from '../../../debugger/machine/frames.ts';
import { spend } from '../world/spend.ts';
import type { Cpu, Napi, Sock, Task } from '../world/types.ts';
import { igb_fetch_rx_buffer } from './igb.ts';
import { netif_receive_skb } from './ip_input.ts';
import { kfree_skb } from './skbuff.ts';

export function* __do_softirq(cpu: Cpu): Resumable<void> {
  let restart = 10;
  do {
    const pending = cpu.softirq_pending;
    cpu.softirq_pending = 0;
    if (pending & 8) yield* net_rx_action(cpu);
  } while (cpu.softirq_pending !== 0 && --restart > 0);
}

export function* net_rx_action(cpu: Cpu): Resumable<void> {
  let budget = 300;
  const list = [cpu.world.napi];
  for (const n of list) {
    for (;;) {
      const work = yield* igb_poll(cpu, n, n.weight);
      budget -= work;
      if (work < n.weight) break;
      if (budget <= 0) {
        cpu.softirq_pending |= 8;
        return;
      }
    }
  }
}

export function* igb_poll(cpu: Cpu, napi: Napi, budget: number): Resumable<number> {
  let done = 0;
  while (done < budget) {
    const skb = igb_fetch_rx_buffer(cpu, napi);
    if (skb === null) break;
    netif_receive_skb(cpu, skb);
    done++;
    yield;
  }
  if (done < budget) napi.scheduled = false;
  return done;
}

export function* udp_recvmsg(cpu: Cpu, sk: Sock): Resumable<number> {
  while (sk.sk_receive_queue.length === 0) yield* wait_for_packet(cpu, sk);
  const skb = sk.sk_receive_queue.shift()!;
  const copied = skb.len - 42;
  spend(cpu, 100 + copied);
  kfree_skb(cpu, skb);
  return copied;
}

export function* wait_for_packet(cpu: Cpu, sk: Sock): Resumable<void> {
  const task = cpu.current!;
  task.runnable = false;
  sk.waiter = task;
  yield;
}

export function* receiver(cpu: Cpu, task: Task, sk: Sock): Resumable<void> {
  for (;;) {
    const copied = yield* udp_recvmsg(cpu, sk);
    task.received++;
    task.bytes += copied;
    yield;
  }
}

export function* ticker(cpu: Cpu, task: Task): Resumable<void> {
  for (let round = 0; ; round++) {
    task.received = round;
    spend(cpu, 300);
    task.wake_at = cpu.now + 100_000;
    task.runnable = false;
    yield;
  }
}
