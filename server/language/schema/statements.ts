/** The words that begin a statement of a process. */

export interface StatementSchema {
  readonly keyword: string;
  readonly doc: string;
  readonly example: string;
  /** Text and placeholders in turn, for a snippet. */
  readonly pieces: readonly string[];
}

const statement = (keyword: string, doc: string, example: string, ...pieces: readonly string[]): StatementSchema => ({
  keyword,
  doc,
  example,
  pieces: pieces.length > 0 ? pieces : [keyword],
});

const BODY = ' {\n\t';
const CLOSE = '\n}';

export const STATEMENTS: ReadonlyMap<string, StatementSchema> = new Map(
  [
    statement(
      'loop',
      'Repeats its body until `break` or `exit`.',
      'loop { data = recv(fd, 2KiB) }',
      `loop${BODY}`,
      '',
      CLOSE,
    ),
    statement(
      'repeat',
      'Repeats its body so many times.',
      'repeat 10 { send(fd, 64B) }',
      'repeat ',
      '10',
      BODY,
      '',
      CLOSE,
    ),
    statement(
      'each',
      'Runs its body for each element of a list.',
      'each event in epoll_wait(ep) { recv(event.fd, 4KiB) }',
      'each ',
      'event',
      ' in ',
      'epoll_wait(ep)',
      BODY,
      '',
      CLOSE,
    ),
    statement(
      'if',
      'Runs its body when the condition holds, else the body behind `else`.',
      'if ret < 0 { exit } else { close(fd) }',
      'if ',
      'ret < 0',
      BODY,
      '',
      CLOSE,
    ),
    statement('sleep', 'Gives the CPU away for a time.', 'sleep 1ms', 'sleep ', '1ms'),
    statement('compute', 'Keeps the CPU busy in user mode for a time.', 'compute 20us', 'compute ', '20us'),
    statement('break', 'Leaves the innermost loop.', 'break'),
    statement('continue', 'Starts the next round of the innermost loop.', 'continue'),
    statement('exit', 'Ends the process; its descriptors are closed.', 'exit'),
  ].map((each) => [each.keyword, each]),
);
