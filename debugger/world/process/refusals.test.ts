/** What stops a process: values that a call, an operator or a member cannot take, each told in words. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { misfit } from './arguments.ts';
import { binary, failed, member } from './operators.ts';
import type { Outcome } from './operators.ts';
import type { ListValue, PollfdValue, Value } from './value.ts';

const list = (...items: Value[]): ListValue => ({ kind: 'list', items });
const pollfd: PollfdValue = { kind: 'pollfd', fd: 3, events: 1, revents: 0 };
const why = (outcome: Outcome): string => (failed(outcome) ? outcome.failure : 'no failure');

test('values that fit a form of the call', () => {
  assert.equal(misfit('poll', [list(pollfd), 5_000_000]), null);
  assert.equal(misfit('poll', [3, 1, -1]), null);
  assert.equal(misfit('select', [4, list(3), null, null, null]), null);
  assert.equal(misfit('setsockopt', [3, 6, 13, 'reno']), null);
  assert.equal(misfit('write', [3, 7]), null);
});

test('the first value that fits no form, with what it must be', () => {
  assert.match(misfit('poll', [list(pollfd), 1, 5_000_000])!, /^'fd' of poll is a descriptor, not a list: poll\(fds, \[timeout\]\) or /);
  assert.match(misfit('poll', [3])!, /^'fds' of poll is a list of pollfd\(fd, events\), not a number: /);
  assert.match(misfit('select', [4, list(3), 5_000_000])!, /^'events' of select is flags, not a list: /);
  assert.equal(misfit('connect', [3, 'server:7']), "'address' of connect is an address with a port (10.0.0.1:7), not a string");
  assert.equal(misfit('send', [3, pollfd]), "'data' of send is a string, a buffer or a size, not a pollfd");
  assert.equal(misfit('close', [list()]), "'fd' of close is a descriptor, not a list");
});

test('operators: what they join, and no list or text without bounds', () => {
  assert.equal(why(binary('+', list(), 3)), "'+' needs two numbers, lists or strings, not list and number");
  assert.equal(why(binary('<', list(), list())), "'<' needs two numbers, not list and list");
  let value: Outcome = list(0);
  for (let i = 0; i < 40 && !failed(value); i++) value = binary('+', value, value);
  assert.match(why(value), /^a list of \d+ elements is out of bounds$/);
  let text: Outcome = 'x';
  for (let i = 0; i < 40 && !failed(text); i++) text = binary('+', text, text);
  assert.match(why(text), /^a text of \d+ characters is out of bounds$/);
});

test('members: a failed call, nothing, and a list are told apart', () => {
  assert.equal(why(member(-11, 'error')), "the call failed: -EAGAIN has no 'error'");
  assert.equal(why(member(5, 'error')), "number has no 'error'");
  assert.equal(why(member(null, 'ee_errno')), "nothing is there that could have 'ee_errno'");
  assert.equal(why(member(list(pollfd), 'revents')), "a list has no 'revents', its elements may: [0].revents");
});
