/** Reads a desktop VS Code's command line, as far as @vscode/test-electron and people write one. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const withValue = [
  'extensionDevelopmentPath',
  'extensionTestsPath',
  'user-data-dir',
  'extensions-dir',
  'folder-uri',
  'file-uri',
];

const asPath = (name) => (name.startsWith('file:') ? fileURLToPath(name) : path.resolve(name));

/** Splits the arguments into { names to open, options with their values }; switches we do not know are ignored. */
function splitArguments(argv) {
  const open = [];
  const options = new Map();
  for (let i = 0; i < argv.length; i++) {
    const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argv[i]);
    if (!match) open.push(argv[i]);
    else if (!withValue.includes(match[1])) options.set(match[1], ['']);
    else options.set(match[1], [...(options.get(match[1]) ?? []), match[2] ?? argv[++i] ?? '']);
  }
  return { open, options };
}

/** What to open, the extensions under development, the suite and the folders. Throws on a name that does not exist. */
export function readCommandLine(argv) {
  const { open, options } = splitArguments(argv);
  const lastPath = (name) => options.get(name)?.map(asPath).at(-1);
  const line = {
    extensions: (options.get('extensionDevelopmentPath') ?? []).map(asPath),
    suite: lastPath('extensionTestsPath'),
  };
  line.userDataDir = lastPath('user-data-dir');
  line.extensionsDir = lastPath('extensions-dir');
  line.disableExtensions = options.has('disable-extensions');
  for (const name of [...open, ...(options.get('folder-uri') ?? []), ...(options.get('file-uri') ?? [])])
    addPlace(line, asPath(name));
  return line;
}

function addPlace(line, file) {
  if (!existsSync(file)) throw new Error(`not found: ${file}`);
  if (statSync(file).isDirectory()) line.folder = file;
  else if (file.endsWith('.code-workspace')) line.workspace = file;
  else line.openFile = file;
}
