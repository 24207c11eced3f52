// The board of one family: its views, and the way between them.

import { announce, byId, part, say } from '../shared/dom.js';
import { reportError } from '../shared/report.js';
import { ApiError, Unreachable, explain, get, send } from './api.js';
import { Actions } from './actions.js';
import { Family, assigneesOf } from './family.js';
import { Drag } from './drag.js';
import { FamilyView } from './family-view.js';
import { Feed } from './feed.js';
import { CATEGORIES, Filter, FilterBar } from './filter.js';
import { forget, remember } from './last-seen.js';
import { poll } from '../shared/poller.js';
import { QuickAdd } from './quick-add.js';
import { isLate, plan, sections } from './sections.js';
import { Shortcuts } from './shortcuts.js';
import { showSkeleton, showTrouble } from './states.js';
import { TaskList } from './task-list.js';
import { toast } from './toast.js';

const KEPT = 100;
const COUNTED = ['today', 'upcoming', 'someday', 'review'];
const TYPED_FOR = 250;

const viewOf = name => name === 'plan' ? plan : sections[name];

export class Board {
  constructor(family, seen) {
    this.seen = seen;
    this.listening = new AbortController();
    this.feed = new Feed(family, Filter.read(), news => this.changed(news));
    this.lists = new Set(CATEGORIES);
    this.actions = new Actions(this);
    this.list = new TaskList(this);
    this.quickAdd = new QuickAdd(this);
    this.familyView = new FamilyView(this);
    this.filterBar = new FilterBar(this);
    this.shortcuts = new Shortcuts(this);
    this.drag = new Drag(this);
    this.use(family);
    for (const [name, tasks] of Object.entries(seen?.sections ?? {})) Object.assign(this.feed.lists[name], { tasks, loaded: true });
  }

  open() {
    const { signal } = this.listening;
    addEventListener('popstate', () => this.show(), { signal });
    document.querySelector('.skip').addEventListener('click', event => this.skip(event), { signal });
    document.addEventListener('click', event => this.follow(event), { signal });
    byId('families').addEventListener('change', event => this.change(event.target), { signal });
    this.show();
    this.poller = poll(() => this.look());
  }

  close() {
    this.listening.abort();
    this.poller.stop();
  }

  use(family) {
    this.family = family;
    this.feed.family = family;
    byId('family-name').textContent = family.name;
    const several = family.families?.length > 1;
    byId('family-name').hidden = several;
    byId('families').hidden = !several;
    if (several) byId('families').replaceChildren(...family.families.map(({ id, name }) => new Option(name, id, false, id === family.id)));
    const me = byId('me');
    family.fillAvatar(part(me, 'avatar'), family.me.user_id);
    part(me, 'label').textContent = `${family.me.name}, family`;
    family.fillSelect(byId('quick-add').elements.assignee);
  }

  async reloadFamily() {
    const family = await Family.load();
    // The session shows another one.
    if (family.id !== this.family.id) return location.reload();
    this.use(family);
    this.draw();
  }

  /** Shows another of the member's families, also in other tabs. */
  async change(families) {
    try {
      await send('PATCH', '/api/session', { family_id: families.value });
      forget();
      location.assign('/board');
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
      families.value = this.family.id;
      toast(explain(error));
    }
  }

  /** One look at the server. */
  async look() {
    try {
      if (this.seen) await this.reloadFamily();
      this.seen = null;
      const shown = this.view === 'family' ? ['today'] : this.parts;
      const [moved] = await Promise.all([this.feed.hasMoved(), ...shown.map(name => this.feed.refresh(name))]);
      if (moved) await Promise.all(COUNTED.filter(name => !shown.includes(name)).map(name => this.feed.refresh(name)));
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
      if (this.view !== 'family' && !this.isLoaded) showTrouble(error, () => this.show());
      throw error;
    }
  }

  tellConnection(error) {
    this.offline = Boolean(error);
    const at = this.seen?.at ?? this.lastAnswer;
    if (!error) this.lastAnswer = Date.now();
    const { calendar } = this.family;
    const when = at && `${calendar.nameOf(calendar.dayOf(at)).toLowerCase()} at ${calendar.time(at)}`;
    say(byId('offline'), error && `${error instanceof Unreachable ? 'You are offline.' : 'Family PA has trouble answering.'}${when ? ` This is what was last seen, ${when}.` : ''}`);
  }

  changed(news) {
    const { family, feed } = this;
    if (news.some(task => assigneesOf(task).some(userId => !family.byId.has(userId)))) this.reloadFamily().catch(() => {});
    if (news.length > 0) announce(`New: ${news.map(task => task.title).join(', ')}`);
    this.list.arrived(news);
    this.draw();
    for (const { category } of Object.values(feed.lists).flatMap(list => list.tasks)) if (category) this.lists.add(category);
    if (!this.seen && !feed.filter.isSet) remember({ family: family.data, sections: Object.fromEntries(Object.entries(feed.lists).filter(([, list]) => list.loaded).map(([name, list]) => [name, list.tasks.slice(0, KEPT)])) });
  }

  /** The sections whose tasks the view shows. */
  get parts() { return viewOf(this.view)?.parts ?? [this.view]; }

  get isLoaded() { return this.parts.every(name => this.feed.lists[name].loaded); }

  /** Shows only what a filter lets through. */
  narrow(filter) {
    history.replaceState(null, '', location.pathname + filter.hash);
    this.feed.narrow(filter);
    this.draw();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.poller.now(), TYPED_FOR);
  }

  /** Learns the family's lists, also of those whose tasks are not here. */
  async loadLists() {
    if (this.clearsLists !== undefined) return;
    this.clearsLists = false;
    try {
      for (const { name } of (await get('/api/lists')).lists) this.lists.add(name);
      this.clearsLists = true;
      this.draw();
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
    }
  }

  /** Goes to the tasks; the address keeps its filter. */
  skip(event) {
    event.preventDefault();
    byId('main').focus();
  }

  follow(event) {
    const link = event.target.closest('a[data-view]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(link.pathname);
  }

  go(path) {
    if (path !== location.pathname) history.pushState(null, '', path + location.hash);
    this.show();
    scrollTo(0, 0);
    byId('view-title').focus({ preventScroll: true });
  }

  /** Shows the view that the address names. */
  show() {
    const name = location.pathname.split('/')[2] ?? '';
    this.view = name === 'family' || viewOf(name) ? name : 'today';
    const filter = Filter.read();
    if (filter.hash !== this.feed.filter.hash) this.feed.narrow(filter);
    for (const link of document.querySelectorAll('a[data-view]'))
      if (link.dataset.view === this.view) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    const section = viewOf(this.view);
    byId('main').dataset.view = this.view;
    byId('filter-toggle').hidden = !section;
    if (!section) byId('filter').hidden = true;
    byId('quick-add').hidden = section?.when === undefined;
    this.quickAdd.startWith(section?.when ?? '');
    if (section && !this.isLoaded) showSkeleton();
    else byId('view').replaceChildren();
    if (!section) this.familyView.open();
    this.draw();
    this.poller?.now();
  }

  draw() {
    if (this.drag.active) return;
    const { calendar } = this.family;
    const section = viewOf(this.view);
    const title = section?.title ?? 'Family';
    byId('view-title').textContent = title;
    say(byId('view-note'), section ? section.note(calendar) : this.family.name);
    document.title = `${title} · ${this.family.name}`;
    for (const name of COUNTED) this.count(name);
    if (this.feed.filter.list) this.loadLists();
    if (section) this.filterBar.draw(this.feed.filter, this.family, [...this.lists]);
    if (section && this.isLoaded) this.list.draw(this.view, section);
    if (!section) this.familyView.draw();
  }

  count(name) {
    const { cursor } = this.feed.lists[name];
    const tasks = this.feed.shown(name);
    const count = document.querySelector(`.views [data-view=${name}] .count`);
    count.textContent = tasks.length ? `${tasks.length}${cursor ? '+' : ''}` : '';
    count.classList.toggle('late', tasks.some(isLate));
  }
}
