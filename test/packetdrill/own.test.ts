/** Scripts of this project's own (own/*.pkt), where the kernel's do not look: each must pass. Its first line says what it is about. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Drill } from './drill.ts';
import { parseScript } from './script.ts';

/** As `./defaults.sh` of the kernel's scripts sets them, where that is not the kernel's default. */
const SYSCTLS: Readonly<Record<string, readonly (number | string)[]>> = {
  'net.ipv4.tcp_rmem': [4096, 540000, 15728640], 'net.ipv4.tcp_wmem': [4096, 262144, 4194304], 'net.ipv4.tcp_ecn': [0], 'net.ipv4.tcp_early_retrans': [4],
  'net.ipv4.tcp_syn_retries': [5], 'net.ipv4.tcp_synack_retries': [5], 'net.ipv4.tcp_slow_start_after_idle': [0], 'net.ipv4.tcp_fastopen': [3],
};

const folder = join(process.cwd(), 'test/packetdrill/own');

for (const file of readdirSync(folder).sort()) {
  const text = readFileSync(join(folder, file), 'utf8');
  test(`${file}: ${/^\/\/ (.*)/.exec(text)?.[1]}`, () => {
    assert.doesNotThrow(() => new Drill(parseScript(text, {}), SYSCTLS).play());
  });
}
