/** Every dialogue in golden/, said again. UPDATE_GOLDENS=1 takes what came back as right. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { converse } from './dialogue.ts';

const folder = path.resolve('test/dap/golden');

for (const name of readdirSync(folder).filter((each) => each.endsWith('.txt'))) {
  test(`dialogue ${name}`, async () => {
    const file = path.join(folder, name);
    const golden = readFileSync(file, 'utf8');
    const told = await converse(golden);
    if (process.env.UPDATE_GOLDENS) writeFileSync(file, told);
    else if (told !== golden) {
      writeFileSync(`${file}.actual`, told);
      assert.equal(told, golden);
    }
  });
}
