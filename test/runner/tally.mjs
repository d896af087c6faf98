/** Counts of everything `npm test` checks, and how each check is told. */

export function newTally() {
  return { passed: 0, failed: 0, skipped: 0 };
}

export function addTally(into, from) {
  into.passed += from.passed;
  into.failed += from.failed;
  into.skipped += from.skipped;
}

/** The line a caller greps for: the last one, alone. */
export function tallyLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Runs one check that throws when it fails; counts and tells it. */
export async function check(tally, name, run) {
  const start = performance.now();
  try {
    await run();
    tally.passed++;
    console.log(`  ok    ${name} (${seconds(start)})`);
    return true;
  } catch (error) {
    tally.failed++;
    console.log(`  FAIL  ${name} (${seconds(start)})\n${indent(error.message)}`);
    return false;
  }
}

/** Counts something that could not run. Never counted as passed. */
export function skip(tally, name, why) {
  tally.skipped++;
  console.log(`  skip  ${name}: ${why}`);
}

export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

export function indent(text) {
  return String(text).trimEnd().replace(/^/gm, '        ');
}
