/** Runs the bundled unit tests with node:test and counts every single test. */

import path from 'node:path';
import { run } from 'node:test';
import { root } from '../../build/bundle.mjs';
import { addTally, indent, newTally, tallyLine } from './tally.mjs';
import { bundleOf, bundleTests, testFiles } from './testBundles.mjs';

/** `grep` narrows to the files whose path contains it, or, if there are none, to the tests whose name matches it. */
export async function runUnitTests({ grep } = {}) {
  const all = testFiles();
  const byPath = grep ? all.filter((file) => file.includes(grep)) : all;
  const files = byPath.length > 0 ? byPath : all;
  const pattern = byPath.length > 0 ? undefined : grep;
  const broken = await bundleTests(files);
  const tally = newTally();
  for (const [file, message] of broken) reportBroken(tally, file, message);
  await runFiles(
    tally,
    files.filter((file) => !broken.has(file)),
    pattern,
  );
  return tally;
}

function reportBroken(tally, file, message) {
  tally.failed++;
  console.log(`  FAIL  ${file} does not build\n${indent(message)}`);
}

/** node:test reports a file that fails as a whole, or has no tests, under the file's own path. */
const bundleNames = new Set();

async function runFiles(tally, files, pattern) {
  if (files.length === 0) return;
  for (const file of files) bundleNames.add(bundleOf(file)).add(path.relative(root, bundleOf(file)));
  const options = { files: files.map(bundleOf), concurrency: 2, timeout: 600_000 };
  const perFile = new Map();
  await withSourceMaps(async () => {
    for await (const event of run(pattern ? { ...options, testNamePatterns: [pattern] } : options)) {
      takeEvent(event, perFile, Boolean(pattern));
    }
  });
  for (const [file, count] of [...perFile].sort()) reportFile(tally, file, count);
}

/** Stacks lead to the sources. node:test takes no flags for its processes, so they come by the environment. */
async function withSourceMaps(work) {
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `${before ?? ''} --enable-source-maps`;
  await work();
  if (before === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = before;
}

/** One event of node:test's stream. Suites and parents of failed subtests are not counted: their tests are. */
function takeEvent({ type, data }, perFile, filtered) {
  if (type === 'test:stdout' || type === 'test:stderr') process.stdout.write(data.message);
  if (type !== 'test:pass' && type !== 'test:fail') return;
  const file = sourceOf(data.file);
  if (!perFile.has(file)) perFile.set(file, newTally());
  countTest(perFile.get(file), type, data, { file, filtered });
}

function countTest(count, type, data, { file, filtered }) {
  const wholeFile = bundleNames.has(data.name);
  if (type === 'test:pass') {
    if (data.details?.type === 'suite') return;
    if (wholeFile) return filtered ? undefined : fail(count, file, 'has no tests');
    if (data.skip !== undefined) return filtered ? undefined : skipped(count, `${file}: ${data.name}`, data.skip);
    count.passed++;
  } else if (data.details?.error?.failureType !== 'subtestsFailed') {
    const error = data.details?.error?.cause ?? data.details?.error;
    fail(count, wholeFile ? file : `${file}: ${data.name}`, error?.stack ?? error?.message ?? error);
  }
}

function fail(count, name, why) {
  count.failed++;
  console.log(`  FAIL  ${name}\n${indent(why)}`);
}

function skipped(count, name, why) {
  count.skipped++;
  console.log(`  skip  ${name}${typeof why === 'string' ? `: ${why}` : ''}`);
}

function reportFile(tally, file, count) {
  addTally(tally, count);
  const total = count.passed + count.failed + count.skipped;
  if (total > 0) console.log(`  ${count.failed > 0 ? 'FAIL' : 'ok  '}  ${file}: ${tallyLine(count)}`);
}

/** The source of a test: node:test reports the bundle's path or, where it followed the source map, the source's own. */
function sourceOf(file) {
  const fromBundles = path.relative(path.join(root, 'dist/test'), file ?? '');
  return fromBundles.startsWith('..') ? path.relative(root, file ?? '') : fromBundles.replace(/\.mjs$/, '.ts');
}
