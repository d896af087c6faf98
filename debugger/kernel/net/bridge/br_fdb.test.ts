import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_ADDRESSES, testHost, testWorld } from '../../../../test/kernel/machine.ts';
import { alloc_netdev } from '../core/dev/netdev.ts';
import { br_fdb_find_rcu, br_fdb_update, fdb_create } from './br_fdb.ts';
import { BR_STATE_FORWARDING } from './br_private.ts';
import type { net_bridge, net_bridge_port } from './br_private.ts';

const HERE = Uint8Array.of(2, 0, 0, 0, 0, 1);
const THERE = Uint8Array.of(2, 0, 0, 0, 0, 2);

function bridge(): { br: net_bridge; ports: net_bridge_port[]; cpu: ReturnType<typeof testHost>['cpus'][number] } {
  const host = testHost(testWorld(), 'a', 1);
  const dev = alloc_netdev(host, 'br0', 'bridge', [2, 0, 0, 0, 0, 9], 1, 1, NO_ADDRESSES);
  const br = { dev, port_list: [], fdb_list: [] } as unknown as net_bridge;
  const ports = [1, 2].map((port_no) => ({ br, dev, port_no, state: BR_STATE_FORWARDING }));
  return { br, ports, cpu: host.cpus[0]! };
}

test('an address is where its last frame came from; what is local stays', () => {
  const { br, ports, cpu } = bridge();
  assert.equal(br_fdb_find_rcu(cpu, br, HERE, 0), null);
  br_fdb_update(cpu, br, ports[0]!, HERE, 0);
  assert.equal(br_fdb_find_rcu(cpu, br, HERE, 0)!.dst, ports[0]);
  br_fdb_update(cpu, br, ports[1]!, HERE, 0);
  assert.equal(br_fdb_find_rcu(cpu, br, HERE, 0)!.dst, ports[1]);
  fdb_create(br, null, [...THERE], true, 0);
  br_fdb_update(cpu, br, ports[1]!, THERE, 0);
  assert.equal(br_fdb_find_rcu(cpu, br, THERE, 0)!.dst, null);
});
