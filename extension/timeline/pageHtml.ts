/** The page's frame. Nothing runs in it but our script, and it may load nothing. */
export function pageHtml(script: string, nonce: string): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}';`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">
  body { display: flex; flex-direction: column; height: 100vh; margin: 0; padding: 0 8px; box-sizing: border-box; overflow: hidden; }
  header { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; min-height: 24px; white-space: nowrap; }
  header > * { flex: none; }
  header span { opacity: 0.9; }
  #range { min-width: 14em; }
  .key::before { content: ''; display: inline-block; width: 9px; height: 9px; margin-right: 5px; background: var(--kind); }
  .user { --kind: var(--vscode-charts-blue); }
  .kernel { --kind: var(--vscode-charts-green); }
  .softirq { --kind: var(--vscode-charts-orange); }
  .interrupt { --kind: var(--vscode-charts-purple); }
  .frame { --kind: var(--vscode-charts-yellow); }
  .packet { --kind: var(--vscode-charts-foreground); }
  .drop { --kind: var(--vscode-charts-red); }
  button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 0; padding: 1px 8px; cursor: pointer; }
  button:hover { background: var(--vscode-button-secondaryHoverBackground); }
  canvas { display: block; width: 100%; }
  canvas:focus-visible, button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
  #scroll { flex: 1; overflow: hidden auto; min-height: 0; }
  #details { min-height: 2.8em; max-height: 4.2em; overflow: hidden; white-space: pre-line; }
  #hint { display: none; }
  .empty header, .empty canvas, .empty #details { display: none; }
  .empty #hint { display: block; }
</style>
</head>
<body class="empty">
<p id="hint"></p>
<header>
  <span id="range"></span>
  <button id="zoomIn" title="Zoom in (+, Ctrl+wheel)">+</button>
  <button id="zoomOut" title="Zoom out (-)">−</button>
  <button id="whole" title="All that was seen (Home)">All</button>
  <span class="key user">user</span>
  <span class="key kernel">kernel</span>
  <span class="key softirq">softirq</span>
  <span class="key interrupt">hard interrupt</span>
  <span class="key frame">frame</span>
  <span class="key packet">of this packet</span>
  <span class="key drop">drop</span>
</header>
<canvas id="overview"></canvas>
<canvas id="ruler"></canvas>
<div id="scroll"><canvas id="lanes" tabindex="0" role="slider" aria-label="Timeline" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"></canvas></div>
<div id="details"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
