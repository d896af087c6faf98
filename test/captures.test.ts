/** Captures open in Wireshark without one complaint: no malformed packet, no bad checksum. Skipped where tshark is not installed. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test from 'node:test';
import { exampleNames } from './engine/examples.ts';

const COMPLAINTS = '_ws.malformed || eth.fcs.status == "Bad" || ip.checksum.status == "Bad" || udp.checksum.status == "Bad" || tcp.checksum.status == "Bad" || icmp.checksum.status == "Bad"';
const CHECKS = ['ip', 'udp', 'tcp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

function tshark(file: string, ...args: string[]): string {
  return execFileSync('tshark', ['-r', file, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

for (const file of exampleNames()) {
  test(`capture of ${basename(file)}`, { skip: hasTshark ? false : 'tshark is not installed' }, () => {
    const dir = mkdtempSync(join(tmpdir(), 'netpath-pcap-'));
    execFileSync(process.execPath, ['dist/cli.js', 'run', file, '--quiet', '--pcap', dir], { stdio: 'ignore' });
    const captures = readdirSync(dir).filter((name) => name.endsWith('.pcapng'));
    for (const capture of captures) {
      const path = join(dir, capture);
      assert.equal(tshark(path, ...CHECKS, '-Y', COMPLAINTS), '', capture);
    }
    assert.ok(captures.length > 0 || file.includes('loopback') || file.includes('veth'), 'a capture for each NIC');
    rmSync(dir, { recursive: true });
  });
}
