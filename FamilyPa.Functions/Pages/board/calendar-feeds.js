// The addresses from which the reader's calendar program shows tasks.

import { part, reconcile, stamp } from '../shared/dom.js';
import { confirm } from '../shared/dialog.js';
import { get, send } from './api.js';
import { toast } from './toast.js';

const NAMES = { mine: 'My tasks', family: 'The whole family’s tasks' };

export class CalendarFeeds {
  /** @param attempt does something and tells what went wrong */
  constructor(panel, attempt) {
    this.panel = panel;
    this.attempt = attempt;
    // What the server showed once: by scope.
    this.addresses = {};
    this.load().catch(() => {});
  }

  async load() {
    const { feeds } = await get('/api/calendar-feeds');
    this.panel.hidden = false;
    reconcile(this.panel.querySelector('ul'), feeds, { key: feed => feed.scope, create: feed => this.row(feed), update: (row, feed) => this.update(row, feed) });
  }

  row({ scope }) {
    const row = stamp('feed');
    const name = NAMES[scope];
    part(row, 'name').textContent = name;
    part(row, 'address').setAttribute('aria-label', `Address of ${name}`);
    part(row, 'address').addEventListener('focus', event => event.target.select());
    part(row, 'copy').addEventListener('click', async () => {
      await navigator.clipboard.writeText(this.addresses[scope]);
      toast('The address is copied.');
    });
    part(row, 'renew').addEventListener('click', () => this.renew(row.feed));
    part(row, 'remove').addEventListener('click', () => this.remove(row.feed));
    return row;
  }

  update(row, feed) {
    row.feed = feed;
    const [name, address] = [NAMES[feed.scope], this.addresses[feed.scope]];
    part(row, 'detail').textContent = address ? 'Copy this address into your calendar program now. It is not shown again.' : feed.created_at ? 'Has an address.' : 'Has no address.';
    part(row, 'shown').hidden = !address;
    part(row, 'address').value = address ?? '';
    part(row, 'subscribe').href = address?.replace(/^https?:/, 'webcal:') ?? '';
    const renew = part(row, 'renew');
    renew.textContent = feed.created_at ? 'New address' : 'Create address';
    renew.setAttribute('aria-label', `${renew.textContent}: ${name}`);
    const remove = part(row, 'remove');
    remove.hidden = !feed.created_at;
    remove.setAttribute('aria-label', `Remove the address: ${name}`);
  }

  async renew({ scope, created_at }) {
    if (created_at && !await confirm('Make a new address?', 'Calendars with the old address stop showing tasks.', 'New address')) return;
    await this.attempt(async () => {
      this.addresses[scope] = (await send('POST', `/api/calendar-feeds/${scope}`)).url;
      await this.load();
    });
  }

  async remove({ scope }) {
    if (!await confirm('Remove the address?', 'Calendars with this address stop showing tasks.', 'Remove')) return;
    await this.attempt(async () => {
      await send('DELETE', `/api/calendar-feeds/${scope}`);
      delete this.addresses[scope];
      await this.load();
    });
  }
}
