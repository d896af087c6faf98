import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDql, dql_avail, dql_completed, dql_queued } from '../../debugger/kernel/lib/dynamic_queue_limits.ts';
import { testHost, testWorld } from './machine.ts';

const cpu = testHost(testWorld(), 'a', 1).cpus[0]!;

test('a new queue is stopped by its first packet; the completion raises the limit to what was queued', () => {
  const dql = createDql();
  dql_queued(dql, 142);
  assert.ok(dql_avail(dql) < 0);
  dql_completed(cpu, dql, 142);
  assert.equal(dql.limit, 142);
  assert.equal(dql_avail(dql), 142);
});

test('a queue that never runs dry loses what it did not need, after a second', () => {
  const dql = createDql();
  dql.limit = 100_000;
  dql.adj_limit = 100_000;
  dql_queued(dql, 10_000);
  for (let i = 0; i < 1500; i++) {
    cpu.now += 1_000_000;
    dql_queued(dql, 1000);
    dql_completed(cpu, dql, 1000);
  }
  assert.ok(dql.limit < 20_000, `${dql.limit}`);
});

test('all that was queued before is done, exactly: with a limit that held packets back that is starvation, so the limit grows by what was over it', () => {
  const dql = createDql();
  dql_queued(dql, 1000);
  dql_completed(cpu, dql, 1000);
  dql_queued(dql, 1000);
  dql_queued(dql, 500);
  dql_completed(cpu, dql, 200);
  assert.deepEqual([dql.limit, dql.prev_ovlimit], [1000, 500]);
  dql_queued(dql, 700);
  dql_completed(cpu, dql, 1300);
  assert.equal(dql.limit, 1500);
});
