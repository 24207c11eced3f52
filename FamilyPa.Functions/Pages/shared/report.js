// Reports script errors to the server, without user content: only the beginning of a message, without quoted parts.

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

/** Reports an error that was caught but is a defect. */
export function reportError(error) {
  const [, source, line, column] = /(https?:\S+?):(\d+):(\d+)/.exec(error?.stack ?? '') ?? [];
  report(error?.name, error?.message, source, Number(line), Number(column));
}

addEventListener('error', event => {
  if (event.error || event.message) report(event.error?.name, event.error?.message ?? event.message, event.filename, event.lineno, event.colno);
});
addEventListener('unhandledrejection', event => reportError(event.reason));
addEventListener('securitypolicyviolation', event => report('ContentSecurityPolicy', event.effectiveDirective, event.sourceFile, event.lineNumber, event.columnNumber));
