/** `netpath check`. */
import { analyseFile, diagnosticLines } from './scenario_file.ts';
import type { Output } from './run.ts';
import { CliError } from './usage.ts';

/** 1 when any file has an error; warnings are told and pass. */
export function checkCommand(files: readonly string[], { out, err }: Output): 0 | 1 {
  let exitCode: 0 | 1 = 0;
  for (const file of files) if (!checkFile(file, out, err)) exitCode = 1;
  return exitCode;
}

function checkFile(file: string, out: Output['out'], err: Output['err']): boolean {
  try {
    const analysis = analyseFile(file);
    for (const line of diagnosticLines(file, analysis)) out(line);
    if (analysis.scenario === null && analysis.diagnostics.length === 0) out(`${file}: describes no host`);
    return analysis.scenario !== null;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    err(error.message);
    return false;
  }
}
