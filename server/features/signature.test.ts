import assert from 'node:assert/strict';
import test from 'node:test';
import { analyse } from '../language/analyse.ts';
import { signatureAt } from './signature.ts';

/** The call before the caret (`|`): the label that is shown first and the parameter that is marked. */
function shown(call: string): string {
  const text = `host a { process p { ${call} } }`;
  const offset = text.indexOf('|');
  const found = signatureAt(analyse(text.replace('|', ''), 'f'), offset);
  if (found === null) return 'nothing';
  return `${found.forms[found.activeForm]!.label} ${found.activeParameter}`;
}

test('signature help counts arguments, not the elements of a list', () => {
  assert.equal(shown('x = send(fd, |'), 'send(fd, data, [flags]) 1');
  assert.equal(shown('x = poll([a, b], |'), 'poll(fds, [timeout]) 1');
  assert.equal(shown('x = poll([a, b|'), 'poll(fds, [timeout]) 0');
  assert.equal(shown('x = poll([pollfd(a, |'), 'pollfd(fd, events) 1');
  assert.equal(shown('x = [a, |'), 'nothing');
});

test('a call with several forms shows all, and the one that has so many parameters first', () => {
  const text = 'host a { process p { poll(fd, POLLIN, ';
  const found = signatureAt(analyse(text, 'f'), text.length)!;
  assert.deepEqual(
    found.forms.map((each) => each.label),
    ['poll(fds, [timeout])', 'poll(fd, events, [timeout])'],
  );
  assert.equal(found.activeForm, 1);
});
