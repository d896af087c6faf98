import assert from 'node:assert/strict';
import test from 'node:test';
import type { sock } from '../../debugger/kernel/include/net/sock.ts';
import { createInetConnectionSock, createTcpSock } from '../../debugger/kernel/include/net/tcp_sock.ts';
import { tcp_get_info } from '../../debugger/kernel/net/ipv4/tcp/info.ts';
import { TCP_INFO_MEMBERS } from '../../server/language/schema/tcp_info.ts';
import { testHost, testWorld } from './machine.ts';

test('the language knows what TCP_INFO tells, all of it and nothing else', () => {
  const host = testHost(testWorld(), 'a', 1);
  const sk = { tcp: createTcpSock(), icsk: createInetConnectionSock(), host, sk_state: 1, sk_type: 1 } as unknown as sock;
  const told = Object.keys(tcp_get_info(host.cpus[0]!, sk));
  assert.deepEqual(TCP_INFO_MEMBERS.map(([name]) => `tcpi_${name}`).sort(), told.sort());
});
