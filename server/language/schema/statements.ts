/** The words that begin a statement of a process. */

export interface StatementSchema {
  readonly keyword: string;
  readonly doc: string;
  readonly example: string;
  readonly snippet: string;
}

const statement = (keyword: string, doc: string, example: string, snippet: string): StatementSchema => ({
  keyword,
  doc,
  example,
  snippet,
});

export const STATEMENTS: ReadonlyMap<string, StatementSchema> = new Map(
  [
    statement('loop', 'Repeats its body until `break` or `exit`.', 'loop { data = recv(fd, 2KiB) }', 'loop {\n\t$0\n}'),
    statement('repeat', 'Repeats its body so many times.', 'repeat 10 { send(fd, 64B) }', 'repeat ${1:10} {\n\t$0\n}'),
    statement(
      'each',
      'Runs its body for each element of a list.',
      'each event in epoll_wait(ep) { recv(event.fd, 4KiB) }',
      'each ${1:event} in ${2:epoll_wait(ep)} {\n\t$0\n}',
    ),
    statement(
      'if',
      'Runs its body when the condition holds, else the body behind `else`.',
      'if ret < 0 { exit } else { close(fd) }',
      'if ${1:ret < 0} {\n\t$0\n}',
    ),
    statement('sleep', 'Gives the CPU away for a time.', 'sleep 1ms', 'sleep ${1:1ms}'),
    statement('compute', 'Keeps the CPU busy in user mode for a time.', 'compute 20us', 'compute ${1:20us}'),
    statement('break', 'Leaves the innermost loop.', 'break', 'break'),
    statement('continue', 'Starts the next round of the innermost loop.', 'continue', 'continue'),
    statement('exit', 'Ends the process; its descriptors are closed.', 'exit', 'exit'),
  ].map((each) => [each.keyword, each]),
);
