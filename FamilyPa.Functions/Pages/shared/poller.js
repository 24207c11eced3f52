// Polls while the page is visible, with backoff after failures.

const PACE = 4_000;
const SLOWEST = 60_000;

/** @param ask rejects when there was no response */
export function poll(ask) {
  let timer;
  let failures = 0;
  let stopped = false;
  let asking = null;

  async function run() {
    clearTimeout(timer);
    if (stopped || document.hidden) return;
    try {
      await (asking ??= ask());
      failures = 0;
    } catch {
      failures++;
    } finally {
      asking = null;
    }
    if (stopped) return;
    const pause = Math.min(SLOWEST, PACE * 2 ** failures);
    clearTimeout(timer);
    timer = setTimeout(run, failures ? pause * (.75 + Math.random() / 2) : pause);
  }

  const look = () => { if (!document.hidden) run(); };
  addEventListener('focus', look);
  addEventListener('online', look);
  document.addEventListener('visibilitychange', look);
  run();
  return {
    /** Polls at once; if a poll is in progress, once more after it. */
    now: () => asking ? asking.then(run, run) : run(),
    stop() {
      stopped = true;
      clearTimeout(timer);
      removeEventListener('focus', look);
      removeEventListener('online', look);
      document.removeEventListener('visibilitychange', look);
    },
  };
}
