/** A pipe as the Variables view opens it, and what its bytes are told to come from, in the example of a proxy that splices. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { analyse } from '../../server/language/analyse.ts';
import { evaluate, parse } from '../control/expressions/evaluate.ts';
import { globals } from '../control/expressions/globals.ts';
import type { pipe_inode_info } from '../kernel/include/linux/pipe_fs_i.ts';
import type { sk_buff } from '../kernel/include/linux/skbuff.ts';
import type { World } from '../machine/types.ts';
import { buildWorld, run } from '../world/engine.ts';
import { type Child, childrenOf } from './children.ts';
import { lineageChain } from './lineage.ts';
import { present } from './present.ts';

const look = (world: World) => ({ now: world.now, writer: () => undefined });

/** The first moment at which `found` says so. */
function worldWhere(found: (world: World) => boolean): World {
  const file = 'examples/splice-proxy.netpath';
  const world = buildWorld(analyse(readFileSync(file, 'utf8'), file).scenario!, 1);
  while (!found(world))
    assert.equal(run(world, { event: world.event + 1, time: Number.MAX_SAFE_INTEGER }, null), 'limit');
  return world;
}

/** What the proxy that splices has behind a descriptor. */
const behind = (world: World, fd: number): unknown =>
  world.hosts[1]!.tasks.find(({ comm }) => comm === 'splices')?.files[fd]?.private_data;

const pipeOf = (world: World): pipe_inode_info | undefined => behind(world, 6) as pipe_inode_info | undefined;

test('a pipe shows its buffers, who waits, and who has its mutex', () => {
  const world = worldWhere((each) => (pipeOf(each)?.head ?? 0) > (pipeOf(each)?.tail ?? 0));
  const open = (at: Child, name: string): Child =>
    childrenOf(at.value, at.expression, look(world)).find((child) => child.name === name)!;
  const host: Child = { name: 'proxy', value: world.hosts[1], expression: 'proxy' };
  const pipe = open(open(host, 'Pipes'), 'splices fd 6');
  assert.match(present(pipe.value, look(world)), /^pipe:\[\d+\]: \d+ bytes in \d+ of 128 buffers, 1 reader, 1 writer$/);
  const buffer = open(open(pipe, 'Buffers'), '[0]');
  assert.match(present(buffer.value, look(world)), /^\d+ bytes at \d+ of a page of \d+ \(nosteal_pipe_buf_ops\)$/);
  assert.equal(
    evaluate(parse(buffer.expression!), globals(world, { cpu: world.hosts[1]!.cpus[2]! })).value,
    buffer.value,
  );
  assert.equal(present(open(pipe, 'Waiting to read').value, look(world)), 'empty');
  assert.match(present(open(pipe, 'mutex').value, look(world)), /^free$|^of splices$/);
  const found = evaluate(parse('proxy.splices.fd6.max_usage'), globals(world, { cpu: world.hosts[0]!.cpus[0]! }));
  assert.equal(found.value, 128);
});

test('bytes that a proxy splices are known from write to write', () => {
  const queued = (world: World): sk_buff | undefined =>
    (behind(world, 5) as { sk: { tcp_rtx_queue: sk_buff[] } | null } | undefined)?.sk?.tcp_rtx_queue[3];
  const skb = queued(worldWhere((world) => queued(world) !== undefined))!;
  assert.match(
    lineageChain(skb.lineage),
    /^write \d+ on client -> .*segment \d+ on client -> clone \d+ on client -> .*frame \d+ on client -> received as skb \d+ on proxy -> .*in pipe \d+ on proxy -> segment \d+ on proxy/,
  );
});
