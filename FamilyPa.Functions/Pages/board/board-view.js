// The board of one family: its views, and the way between them.

import { announce, byId, part, say } from '../shared/dom.js';
import { reportError } from '../shared/report.js';
import { ApiError, Unreachable } from './api.js';
import { Actions } from './actions.js';
import { Family } from './family.js';
import { FamilyView } from './family-view.js';
import { Feed } from './feed.js';
import { remember } from './last-seen.js';
import { poll } from '../shared/poller.js';
import { QuickAdd } from './quick-add.js';
import { isLate, sections } from './sections.js';
import { showSkeleton, showTrouble } from './states.js';
import { TaskList } from './task-list.js';

const KEPT = 100;
const COUNTED = ['today', 'upcoming', 'someday', 'review'];

export class Board {
  constructor(family, seen) {
    this.seen = seen;
    this.listening = new AbortController();
    this.feed = new Feed(family.calendar, news => this.changed(news));
    this.actions = new Actions(this);
    this.list = new TaskList(this);
    this.quickAdd = new QuickAdd(this);
    this.familyView = new FamilyView(this);
    this.use(family);
    for (const [name, tasks] of Object.entries(seen?.sections ?? {})) Object.assign(this.feed.lists[name], { tasks, loaded: true });
  }

  open() {
    const { signal } = this.listening;
    addEventListener('popstate', () => this.show(), { signal });
    document.addEventListener('click', event => this.follow(event), { signal });
    this.show();
    this.poller = poll(() => this.look());
  }

  close() {
    this.listening.abort();
    this.poller.stop();
  }

  use(family) {
    this.family = family;
    this.feed.calendar = family.calendar;
    byId('family-name').textContent = family.name;
    const me = byId('me');
    family.fillAvatar(part(me, 'avatar'), family.me.user_id);
    part(me, 'label').textContent = `${family.me.name}, family`;
    family.fillSelect(byId('quick-add').elements.assignee);
  }

  async reloadFamily() {
    this.use(await Family.load());
    this.draw();
  }

  /** One look at the server. */
  async look() {
    try {
      if (this.seen) await this.reloadFamily();
      this.seen = null;
      const shown = this.view === 'family' ? 'today' : this.view;
      const [, moved] = await Promise.all([this.feed.refresh(shown), this.feed.hasMoved()]);
      if (moved) await Promise.all(COUNTED.filter(name => name !== shown).map(name => this.feed.refresh(name)));
      this.tellConnection(null);
      // Time goes by too: what was due in a minute is overdue.
      if (this.view !== 'family') this.draw();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return;
      if (!(error instanceof ApiError) && !(error instanceof Unreachable)) {
        reportError(error);
        throw error;
      }
      this.tellConnection(error);
      if (this.view !== 'family' && !this.feed.lists[this.view].loaded) showTrouble(error, () => this.show());
      throw error;
    }
  }

  tellConnection(error) {
    const at = this.seen?.at ?? this.lastAnswer;
    if (!error) this.lastAnswer = Date.now();
    const { calendar } = this.family;
    const when = at && `${calendar.nameOf(calendar.dayOf(at)).toLowerCase()} at ${calendar.time(at)}`;
    say(byId('offline'), error && `${error instanceof Unreachable ? 'You are offline.' : 'Family PA has trouble answering.'}${when ? ` This is what was last seen, ${when}.` : ''}`);
  }

  changed(news) {
    const { family, feed } = this;
    if (news.some(task => task.assignee && !family.byId.has(task.assignee))) this.reloadFamily().catch(() => {});
    if (news.length > 0) announce(`New: ${news.map(task => task.title).join(', ')}`);
    this.list.arrived(news);
    this.draw();
    if (!this.seen) remember({ family: family.data, sections: Object.fromEntries(Object.entries(feed.lists).filter(([, list]) => list.loaded).map(([name, list]) => [name, list.tasks.slice(0, KEPT)])) });
  }

  follow(event) {
    const link = event.target.closest('a[data-view]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(link.pathname);
  }

  go(path) {
    if (path !== location.pathname) history.pushState(null, '', path);
    this.show();
    scrollTo(0, 0);
    byId('view-title').focus({ preventScroll: true });
  }

  /** Shows the view that the address names. */
  show() {
    const name = location.pathname.split('/')[2] ?? '';
    this.view = name === 'family' || name in sections ? name : 'today';
    for (const link of document.querySelectorAll('a[data-view]'))
      if (link.dataset.view === this.view) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    const section = sections[this.view];
    byId('quick-add').hidden = section?.when === undefined;
    this.quickAdd.startWith(section?.when ?? '');
    if (section && !this.feed.lists[this.view].loaded) showSkeleton();
    else byId('view').replaceChildren();
    if (!section) this.familyView.open();
    this.draw();
    this.poller?.now();
  }

  draw() {
    const { calendar } = this.family;
    const section = sections[this.view];
    const title = section?.title ?? 'Family';
    byId('view-title').textContent = title;
    say(byId('view-note'), section ? section.note(calendar) : this.family.name);
    document.title = `${title} · ${this.family.name}`;
    for (const name of COUNTED) this.count(name);
    if (section && this.feed.lists[this.view].loaded) this.list.draw(this.view);
    if (!section) this.familyView.draw();
  }

  count(name) {
    const { tasks, cursor } = this.feed.lists[name];
    const count = document.querySelector(`.views [data-view=${name}] .count`);
    count.textContent = tasks.length ? `${tasks.length}${cursor ? '+' : ''}` : '';
    count.classList.toggle('late', tasks.some(isLate));
  }
}
