/** The language client proper. Built as a bundle of its own: see languageClient.ts, which loads it. */
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { scenarioLanguage } from './languages.ts';

export async function startLanguageClient(serverModule: string): Promise<LanguageClient> {
  const server = { module: serverModule, transport: TransportKind.ipc };
  const documentSelector = [{ language: scenarioLanguage }];
  const client = new LanguageClient(scenarioLanguage, 'NetPath Language Server', server, { documentSelector });
  await client.start();
  return client;
}
