// Tells the server which of our own lines failed. Never what anybody wrote: of a message only its beginning goes, without what it quotes.

const MOST = 5;
let sent = 0;

function report(type, message, source, line, column) {
  if (sent++ >= MOST) return;
  const body = {
    type: String(type || 'Error').slice(0, 60),
    message: String(message || '').replace(/(["'`“”‘’]).*?\1/gs, '…').slice(0, 200),
    source: source?.startsWith(location.origin) ? new URL(source).pathname : '',
    line: line || 0,
    column: column || 0,
  };
  fetch('/api/client-errors', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'familypa' },
    body: JSON.stringify(body),
    keepalive: true,
  }).catch(() => {});
}

/** For what is caught and still a defect of ours. */
export function reportError(error) {
  const [, source, line, column] = /(https?:\S+?):(\d+):(\d+)/.exec(error?.stack ?? '') ?? [];
  report(error?.name, error?.message, source, Number(line), Number(column));
}

addEventListener('error', event => {
  if (event.error || event.message) report(event.error?.name, event.error?.message ?? event.message, event.filename, event.lineno, event.colno);
});
addEventListener('unhandledrejection', event => reportError(event.reason));
addEventListener('securitypolicyviolation', event => report('ContentSecurityPolicy', event.effectiveDirective, event.sourceFile, event.lineNumber, event.columnNumber));
