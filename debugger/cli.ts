/** The engine without VS Code: `netpath run`, `netpath compare`, `netpath sweep`, `netpath check`, `netpath functions`. */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { checkCommand } from './cli/check.ts';
import { functionsText } from './cli/functions.ts';
import { compareCommand } from './cli/compare.ts';
import { type Command, parseCommand } from './cli/options.ts';
import { type Output, runCommand } from './cli/run.ts';
import { CliError, USAGE } from './cli/usage.ts';
import { serveJobs } from './cli/pool.ts';
import { sweepCommand } from './cli/sweep.ts';
import { type Job, runJob } from './cli/sweep_job.ts';
import { lazyEngine } from './control/engine.ts';
import { compileLess } from './control/compile_less.ts';

const beside = (name: string): URL => new URL(name, import.meta.url);

const output: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
};

async function execute(command: Command): Promise<number> {
  switch (command.kind) {
    case 'run':
      return runCommand(command, beside('engine-fast.cjs'), output);
    case 'compare':
      return compareCommand(
        command,
        { fastEngine: beside('engine-fast.cjs'), listings: beside('listings.json.br') },
        output,
      );
    case 'sweep':
      return sweepCommand(command, new URL(import.meta.url), output);
    case 'check':
      return checkCommand(command.files, output);
    case 'functions':
      output.out(functionsText(command.pattern, beside('functions.json.br')));
      return 0;
    case 'help':
      output.out(USAGE);
      return 0;
    case 'version':
      output.out((JSON.parse(readFileSync(beside('../package.json'), 'utf8')) as { version: string }).version);
      return 0;
  }
}

async function main(): Promise<number> {
  compileLess();
  try {
    return await execute(parseCommand(process.argv.slice(2)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'write') writingFailed(error as NodeJS.ErrnoException);
    if (!(error instanceof CliError)) throw error;
    output.err(error.message);
    return error.exitCode;
  }
}

/** This bundle as a thread of a sweep. */
function serveSweep(): void {
  const fast = lazyEngine(beside('engine-fast.cjs'));
  serveJobs((job: Job) => runJob(fast, job));
}

/** `| head` closes the pipe, and disks fill up: no reason for a stack. */
function writingFailed(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(0);
  output.err(`netpath: cannot write: ${error.message}`);
  process.exit(1);
}

process.stdout.on('error', writingFailed);
if (isMainThread) process.exitCode = await main();
else serveSweep();
