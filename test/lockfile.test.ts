/** The lock file names versions and hashes, never the addresses of whoever installed last. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const lock = readFileSync('package-lock.json', 'utf8');

test('package-lock.json has no download addresses', () => {
  assert.doesNotMatch(lock, /"resolved"/);
});

test('every dependency of package.json is pinned to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
  }
});

test('package.json and the lock file agree', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const locked = JSON.parse(lock).packages[''];
  for (const key of ['name', 'version', 'license', 'dependencies', 'devDependencies', 'bin', 'engines']) {
    assert.deepEqual(locked[key], manifest[key], key);
  }
});
