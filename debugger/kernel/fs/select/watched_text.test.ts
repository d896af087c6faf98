import assert from 'node:assert/strict';
import test from 'node:test';
import { polledText, selectedText } from './watched_text.ts';

test('what a poll waits for: descriptors and events, those of negative descriptors left out, many counted', () => {
  const fd = (n: number, events: number) => ({ fd: n, events, revents: 0 });
  assert.equal(polledText([fd(3, 1), fd(-1, 1), fd(4, 0x2005)]), 'poll: fd 3 POLLIN, fd 4 POLLIN|POLLOUT|POLLRDHUP');
  assert.equal(polledText([fd(3, 0)]), 'poll: fd 3 POLLERR|POLLHUP');
  assert.equal(polledText([]), 'poll: no descriptor, the timeout only');
  assert.equal(polledText([3, 4, 5, 6, 7, 8].map((n) => fd(n, 4))), 'poll: fd 3 POLLOUT, fd 4 POLLOUT, fd 5 POLLOUT, fd 6 POLLOUT and 2 more');
});

test('what a select waits for: each descriptor with its sets, beyond one word too', () => {
  const none = [0, 0];
  const fds = { in: [1 << 3, 1 << 1], out: [1 << 3, 0], ex: none, res_in: none, res_out: none, res_ex: none };
  assert.equal(selectedText(fds, 34), 'select: fd 3 readable or writable, fd 33 readable');
  assert.equal(selectedText(fds, 33), 'select: fd 3 readable or writable');
});
