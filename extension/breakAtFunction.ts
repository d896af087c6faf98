/** "NetPath: Break at Kernel Function...": every function of the model by name, with its place and its stage of the path. */
import * as vscode from 'vscode';
import { type KernelFunction, readFunctions } from './engineFacts.ts';
import { isFunctionPattern, splitCondition } from './functionPattern.ts';
import { listingUri } from './kernelListings.ts';

interface FunctionItem extends vscode.QuickPickItem {
  /** What a function breakpoint of VS Code is given: a name or a pattern. */
  readonly breakpoint: string;
  readonly condition?: string;
  readonly target?: KernelFunction;
}

const showListing: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('go-to-file'),
  tooltip: 'Show its listing',
};

export function registerBreakAtFunction(extensionUri: vscode.Uri): vscode.Disposable[] {
  let functions: Promise<readonly KernelFunction[]> | undefined;
  const load = (): Promise<readonly KernelFunction[]> => (functions ??= readFunctions(extensionUri));
  const run = (name?: string): Promise<void> => (name ? breakAtName(name, load) : pickFunction(load));
  return [vscode.commands.registerCommand('netpath.breakAtFunction', run)];
}

/** For callers that know the name: other commands, links, tests. */
async function breakAtName(name: string, load: () => Promise<readonly KernelFunction[]>): Promise<void> {
  const target = (await load()).find((candidate) => candidate.name === name);
  addFunctionBreakpoint(name);
  if (target) offerLineBreakpoint(target);
}

async function pickFunction(load: () => Promise<readonly KernelFunction[]>): Promise<void> {
  const known = await load();
  const items = [...known.map(itemOf), ...stageItems(known)];
  const picker = vscode.window.createQuickPick<FunctionItem>();
  picker.title = 'Break at Kernel Function';
  picker.placeholder =
    'A name, a pattern or a stage: tcp_*, server:ip_rcv, ip_rcv:return, stage:UDP, tcp_write_xmit if skb.len > 1000';
  picker.matchOnDescription = true;
  picker.items = items;
  picker.value = wordAtCaret(items);
  picker.onDidChangeValue((value) => {
    picker.items = [...writtenItems(value), ...items];
  });
  picker.onDidTriggerItemButton(({ item }) => item.target && void openListing(item.target));
  picker.onDidAccept(() => accept(picker));
  picker.onDidHide(() => picker.dispose());
  picker.show();
}

function itemOf(target: KernelFunction): FunctionItem {
  const description = `${target.kernelFile} · ${target.stage}`;
  const buttons = target.line > 0 ? [showListing] : [];
  return { label: target.name, description, buttons, breakpoint: target.name, target };
}

/** Stages of a packet's way: each stops where another stage calls one of its functions. */
function stageItems(known: readonly KernelFunction[]): FunctionItem[] {
  const description = 'where another stage calls one of its functions';
  const stages = [...new Set(known.map(({ stage }) => `stage:${stage}`))].sort();
  return stages.map((stage) => ({ label: stage, description, breakpoint: stage }));
}

/** What was written itself, where it is more than a name. */
function writtenItems(value: string): FunctionItem[] {
  const written = splitCondition(value);
  if (written !== null) {
    const { name, condition } = written;
    const description = `stops at ${name} where ${condition}`;
    return [{ label: value, description, alwaysShow: true, breakpoint: name, condition }];
  }
  if (!isFunctionPattern(value)) return [];
  const description = /stage:/.test(value)
    ? 'where another stage calls one of its functions'
    : value.endsWith(':return')
      ? 'stops when it returns'
      : 'every function that matches';
  return [{ label: value, description, alwaysShow: true, breakpoint: value }];
}

/** The function under the caret, if it is one: the usual wish when the picker is called from a listing. */
function wordAtCaret(items: readonly FunctionItem[]): string {
  const editor = vscode.window.activeTextEditor;
  const range = editor?.document.getWordRangeAtPosition(editor.selection.active);
  const word = range ? editor!.document.getText(range) : '';
  return items.some((item) => item.breakpoint === word) ? word : '';
}

function accept(picker: vscode.QuickPick<FunctionItem>): void {
  const item = picker.selectedItems[0];
  picker.hide();
  if (!item) return;
  addFunctionBreakpoint(item.breakpoint, item.condition);
  if (item.target) offerLineBreakpoint(item.target);
}

function addFunctionBreakpoint(name: string, condition?: string): void {
  const same = (known: vscode.Breakpoint): boolean =>
    known instanceof vscode.FunctionBreakpoint && known.functionName === name && known.condition === condition;
  if (vscode.debug.breakpoints.some(same)) return;
  vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(name, true, condition)]);
}

/** VS Code draws no mark in the editor for a function breakpoint; a breakpoint on the function's line is drawn. */
function offerLineBreakpoint(target: KernelFunction): void {
  if (target.line <= 0) return;
  const mark = 'Mark Its Line Instead';
  const show = 'Show Listing';
  const choice = vscode.window.showInformationMessage(`Runs will stop at ${target.name}.`, mark, show);
  void choice.then((chosen) => {
    if (chosen === mark) moveToLine(target);
    if (chosen) return openListing(target);
  });
}

function moveToLine(target: KernelFunction): void {
  const isItsOwn = (known: vscode.Breakpoint): boolean =>
    known instanceof vscode.FunctionBreakpoint && known.functionName === target.name;
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints.filter(isItsOwn));
  const place = new vscode.Location(listingUri(target.file), new vscode.Position(target.line - 1, 0));
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
}

async function openListing(target: KernelFunction): Promise<void> {
  const line = Math.max(target.line - 1, 0);
  const document = await vscode.workspace.openTextDocument(listingUri(target.file));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
}
