/** `node dist/adapter.cjs`: a debug adapter on standard input and output. */
import { DebuggerClient } from '../control/client.ts';
import { compileLess } from '../control/compile_less.ts';
import { tell } from './events.ts';
import { AdapterServer } from './server.ts';
import { type Session, terminated } from './session.ts';
import { Sources } from './sources.ts';

const beside = (name: string): URL => new URL(name, import.meta.url);

const LISTINGS = beside('listings.json.br');

function main(): void {
  compileLess();
  const server = new AdapterServer();
  const leave = (): void => void setImmediate(() => process.exit(0));
  const session: Session = {
    client: new DebuggerClient({
      workerFile: beside('workerStart.cjs'),
      fastEngine: beside('engine-watch.cjs.br'),
      listings: LISTINGS,
      onEvent: (message) => tell(session, message),
      onCrash: (message) => crashed(session, message),
    }),
    sources: new Sources(LISTINGS),
    send: (event, body) => server.send(event, body),
    cancel: (seq) => server.cancel(seq),
    leave,
    linesFrom: 1,
    columnsFrom: 1,
    launch: null,
    configured: false,
    running: false,
    showsProgress: false,
    progressId: null,
    ended: false,
  };
  server.serve(session);
  server.on('close', leave);
  server.on('error', () =>
    server.send('output', { category: 'stderr', output: 'a message that is no JSON was passed over\n' }),
  );
  server.start(process.stdin, process.stdout);
}

function crashed(session: Session, message: string): void {
  session.send('output', { category: 'important', output: `${message}\n` });
  session.send('exited', { exitCode: 1 });
  terminated(session);
}

main();
