/** Where the VS Code from npm lies. */
import path from 'node:path';

/** `.vscode-host` at the repository's root, or $VSCODE_HOST_DIR (to share one host between checkouts). */
export const hostDir = path.resolve(
  process.env.VSCODE_HOST_DIR ?? path.join(import.meta.dirname, '../../.vscode-host'),
);

export const nodePackage = `node-linux-${process.arch}`;

export const nodeBinary = path.join(hostDir, 'node_modules', nodePackage, 'bin/node');

export const serverRoot = path.join(hostDir, 'node_modules/code-server/lib/vscode');

export const serverMain = path.join(serverRoot, 'out/server-main.js');
