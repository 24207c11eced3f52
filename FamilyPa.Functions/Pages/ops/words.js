// Formats numbers, times and states.

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const whole = new Intl.NumberFormat();

export const count = number => whole.format(number ?? 0);

export const moment = iso => (iso ? clock.format(new Date(iso)) : '–');

export const shortMoment = iso => (iso ? short.format(new Date(iso)) : '–');

export const dollars = usd => `$${(usd ?? 0).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: usd > 0 && usd < 0.01 ? 6 : 2 })}`;

export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round(ms / 1000) % 60} s`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ${Math.round(ms / 60_000) % 60} min`;
  return `${Math.floor(ms / 86_400_000)} d ${Math.round(ms / 3_600_000) % 24} h`;
}

/** The colour of a state. */
export function tone(status) {
  if (['failed', 'abandoned', 'open', 'undelivered'].includes(status)) return 'bad';
  if (['rejected', 'deferred', 'throttled', 'uncertain', 'half_open', 'suppressed', 'unmatched'].includes(status)) return 'warm';
  if (['done', 'succeeded', 'sent', 'closed', 'delivered', 'read'].includes(status)) return 'good';
  return 'plain';
}
