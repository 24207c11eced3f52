// Replays messages: shows a dry run first, then replays page by page.

import { open } from '../shared/dialog.js';
import { part, say } from '../shared/dom.js';
import { post } from './api.js';
import { count } from './words.js';

const PAGE = 100;
const URL = '/api/admin/replay-webhook';

/**
 * @param what {message_sid} or {filter}
 * @param done called after messages were replayed
 */
export function replay(what, done) {
  const dialog = open('replay', () => {});
  const form = dialog.querySelector('form');
  const phase = form.elements.phase;
  const go = part(dialog, 'go');
  const preview = part(dialog, 'preview');
  const progress = part(dialog, 'progress');
  let asked = 0;

  const request = extra => {
    const { filter, ...one } = what;
    return { ...one, ...(filter && { filter: { ...filter, limit: PAGE, ...extra.paging } }), ...(phase.value && { from_phase: phase.value }), dry_run: extra.dry };
  };

  async function ask() {
    const mine = ++asked;
    go.disabled = true;
    part(dialog, 'price').hidden = !phase.value;
    say(preview, 'Checking…');
    try {
      const { totals } = await post(URL, request({ dry: true }));
      if (mine !== asked) return;
      const ready = (totals.would_replay ?? 0) + (totals.would_ingest ?? 0);
      const matched = what.filter ? totals.matched : 1;
      const beyond = matched > PAGE && ready > 0 ? ` These are the first ${PAGE} messages; the others follow.` : '';
      say(preview, `${count(matched)} ${matched === 1 ? 'message' : 'messages'}: ${count(ready)} would run again, ${count(totals.skipped)} would not change.${beyond}`);
      go.disabled = ready === 0 && !(matched > PAGE);
    } catch (error) {
      if (mine === asked) say(preview, error.message);
    }
  }

  async function run() {
    go.disabled = true;
    phase.disabled = true;
    progress.hidden = false;
    progress.removeAttribute('value');
    let replayed = 0;
    let seen = 0;
    let cursor;
    try {
      do {
        const page = await post(URL, request({ dry: false, paging: cursor && { cursor } }));
        replayed += page.totals.replayed + (page.totals.ingested ?? 0);
        seen += page.jobs.length;
        progress.max = Math.max(progress.max, seen, what.filter ? page.totals.matched : 1);
        progress.value = seen;
        cursor = page.next_cursor;
      } while (cursor && dialog.open);
      say(preview, `${count(replayed)} run again.`);
    } catch (error) {
      say(preview, `${count(replayed)} run again; then: ${error.message}`);
    } finally {
      phase.disabled = false;
      if (replayed > 0) done();
    }
  }

  phase.onchange = ask;
  form.onsubmit = event => {
    event.preventDefault();
    run();
  };
  ask();
}
