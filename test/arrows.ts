/** The import rules of the house as one table. */
import path from 'node:path';

interface Layer {
  /** The folder, or the file, the rule is about. The first that fits counts. */
  readonly folder: string;
  /** Folders of ours it may import beside itself. */
  readonly mayImport: readonly string[];
  /** Runs anywhere: no Node, no VS Code. */
  readonly pure: boolean;
}

const layers: readonly Layer[] = [
  { folder: 'extension/timeline/page/', mayImport: ['extension/timeline/messages.ts', 'debugger/inspect/format/time.ts'], pure: true },
  { folder: 'extension/', mayImport: [], pure: false },
  { folder: 'server/language/', mayImport: [], pure: true },
  { folder: 'server/features/', mayImport: ['server/language/'], pure: true },
  { folder: 'server/', mayImport: ['server/language/', 'server/features/'], pure: false },
  { folder: 'debugger/machine/', mayImport: ['server/language/'], pure: true },
  { folder: 'debugger/kernel/', mayImport: ['debugger/machine/', 'server/language/'], pure: true },
  { folder: 'debugger/world/', mayImport: ['debugger/kernel/', 'debugger/machine/', 'server/language/'], pure: true },
  { folder: 'debugger/', mayImport: ['debugger/', 'server/language/'], pure: false },
];

/** Inside debugger/: nothing below the adapter and the CLI imports these two. */
const topOfDebugger = ['debugger/adapter/', 'debugger/cli.ts'];

/**
 * Shapes of records are the headers everyone shares, never code: the machine may name the types of kernel/include (a CPU leads to its
 * host's kernel), the Timeline view those of the chart that it draws.
 */
const sharedTypes: Readonly<Record<string, string>> = {
  'debugger/machine/': 'debugger/kernel/include/',
  'extension/timeline/': 'debugger/control/lanes/chart_shape.ts',
};

const importForms = [
  /^\s*(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g,
];

/** What a file imports: package names as they stand, files of ours by their path from the repository's root. */
export function importsOf(file: string, text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const names = importForms.flatMap((form) =>
    [...code.matchAll(form)].filter((match) => !isSharedType(file, match)).map((match) => match[1]!),
  );
  return names.map((name) => (name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name));
}

function isSharedType(file: string, match: RegExpMatchArray): boolean {
  const target = path.posix.join(path.posix.dirname(file), match[1]!);
  if (!/^\s*import\s+type\s/.test(match[0])) return false;
  return Object.entries(sharedTypes).some(([user, shapes]) => file.startsWith(user) && target.startsWith(shapes));
}

/** Why `file` may not import `target`; undefined if it may. */
export function checkArrow(file: string, target: string): string | undefined {
  const layer = layers.find((candidate) => file.startsWith(candidate.folder));
  if (!layer) return undefined;
  if (!isOurs(target)) return layer.pure && isPlatform(target) ? told(file, layer, target) : undefined;
  if (target.startsWith(layer.folder) && !climbs(file, target)) return undefined;
  const allowed = layer.mayImport.some((folder) => target.startsWith(folder)) && !climbs(file, target);
  return allowed ? undefined : told(file, layer, target);
}

const isOurs = (target: string): boolean => /^(extension|server|debugger|test|build)\//.test(target);

const isPlatform = (target: string): boolean => target.startsWith('node:') || /^@?vscode/.test(target);

/** control, inspect and export know neither the adapter nor the CLI. */
function climbs(file: string, target: string): boolean {
  const within = topOfDebugger.some((top) => file.startsWith(top));
  return !within && topOfDebugger.some((top) => target.startsWith(top));
}

function told(file: string, layer: Layer, target: string): string {
  return `${file} imports ${target}: ${layer.folder} may not import ${isOurs(target) ? 'it' : 'what is not everywhere'}`;
}
