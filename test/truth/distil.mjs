#!/usr/bin/env node
// Distils the recorded kernel traces into the small fixtures beside this file, so that the tests run from a bare clone:
//   node test/truth/distil.mjs ../shared/kernel-truth
// A fixture holds what the comparison needs of one recording: functions, edges, sequences of entries, counters (equal and differing in
// two recordings), and the recording kernel's figures against itself.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { project } from './project.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const truth = process.argv[2];
if (!truth) {
  console.error('usage: distil.mjs KERNEL-TRUTH-FOLDER');
  process.exit(2);
}

const plainName = (fn) => fn.replace(/(\.(constprop|isra|part|cold)(\.\d+)?)+$/, '');
const names = (text) => text.split('\n').map((line) => line.trim().split(/\s/)[0]).filter((line) => line && !line.startsWith('#')).map(plainName);
const traced = new Set(names(gunzipSync(readFileSync(join(truth, 'traced-functions.txt.gz'))).toString()));
const essential = [...new Set(names(readFileSync(join(truth, 'essential.txt'), 'utf8')))].filter((fn) => traced.has(fn));
writeFileSync(join(here, 'fixtures/essential.json'), `${JSON.stringify(essential)}\n`);

const ceilings = JSON.parse(readFileSync(join(truth, 'ceiling.json'), 'utf8'));
const counted = new Set(essential);
for (const name of readdirSync(truth).filter((each) => /^\d\d/.test(each))) distil(name);

function distil(name) {
  const trace = JSON.parse(gunzipSync(readFileSync(join(truth, name, `${name}.json.gz`))));
  const { functions, edges, sequences } = project(trace, counted, (thread) => thread.cpu);
  const words = [...functions.keys()];
  const index = new Map(words.map((word, i) => [word, i]));
  const counters = join(truth, name, 'counters.stable.json');
  const fixture = {
    words,
    edges: [...edges].map(([edge, count]) => [edge, count]),
    sequences: Object.fromEntries([...sequences].map(([key, list]) => [key, list.map((fn) => index.get(fn))])),
    ceiling: ceilings[name] ?? null,
    counters: withIpv6(name, existsSync(counters) ? JSON.parse(readFileSync(counters, 'utf8')) : { stable: {}, varying: {} }),
  };
  writeFileSync(join(here, 'fixtures', `${name}.json`), `${JSON.stringify(fixture)}\n`);
}

/** /proc/net/snmp6 was read in the first recording only: over IPv6 its counters are those that count. */
function withIpv6(name, counters) {
  if (!name.includes('tcp6')) return counters;
  const differences = JSON.parse(readFileSync(join(truth, name, 'counters.diff.json'), 'utf8'));
  const ipv6 = Object.entries(differences).filter(([key]) => /^\w+ (Ip|Icmp|Udp)6/.test(key));
  return { ...counters, stable: { ...counters.stable, ...Object.fromEntries(ipv6) } };
}
