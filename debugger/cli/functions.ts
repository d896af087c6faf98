/** `netpath functions`: name, kernel file and stage of every function one can break on. */
import { glob } from '../control/breakpoints/function_names.ts';
import { readPackedTable } from '../control/packed_table.ts';
import { columns } from '../inspect/views/table.ts';
import { CliError } from './usage.ts';

interface Row {
  readonly name: string;
  readonly kernelFile?: string;
  readonly file: string;
  readonly stage?: string;
  readonly helper?: boolean;
}

export function functionsText(pattern: string, functionsFile: URL): string {
  const expression = glob(pattern);
  const rows = read(functionsFile).filter((row) => row.helper !== true && expression.test(row.name));
  if (rows.length === 0) throw new CliError(`netpath: no function of the model matches ${pattern}`, 1);
  return columns(
    rows
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((row) => [row.name, row.kernelFile ?? row.file, row.stage ?? '']),
  );
}

function read(file: URL): Row[] {
  try {
    return readPackedTable(file) as Row[];
  } catch (error) {
    throw new CliError(`netpath: cannot read the list of functions: ${(error as Error).message}`, 1);
  }
}
