// Tasks are dragged to another day: with a mouse at once, with a finger after a moment, so that it can still scroll.

import { byId } from '../shared/dom.js';
import { onDay } from './move-dialog.js';

const FAR = 6;
const HELD_FOR = 350;
const EDGE = 72;
const SCROLL = 12;

export class Drag {
  constructor(board) {
    this.board = board;
    const { signal } = board.listening;
    byId('view').addEventListener('pointerdown', event => this.begin(event), { signal });
    addEventListener('pointermove', event => this.move(event), { signal });
    addEventListener('pointerup', event => this.end(event), { signal });
    addEventListener('pointercancel', () => this.cancel(), { signal });
    addEventListener('keydown', event => { if (event.key === 'Escape') this.cancel(); }, { signal });
    // While a finger drags, it neither scrolls nor opens a menu.
    addEventListener('touchmove', event => { if (this.active) event.preventDefault(); }, { signal, passive: false });
    addEventListener('contextmenu', event => { if (this.active) event.preventDefault(); }, { signal });
    // What was dragged was not pressed.
    byId('view').addEventListener('click', event => { if (this.dropped) event.stopPropagation(); }, { signal, capture: true });
    byId('view').addEventListener('dragstart', event => event.preventDefault(), { signal });
  }

  get active() { return Boolean(this.held?.lifted); }

  begin(event) {
    const row = event.target.closest('.task:not(.done)');
    if (!row || event.button !== 0 || !event.isPrimary || this.held) return;
    this.held = { row, x: event.clientX, y: event.clientY, top: scrollY };
    if (event.pointerType !== 'mouse') this.held.timer = setTimeout(() => this.lift(), HELD_FOR);
  }

  move({ clientX, clientY, pointerType }) {
    const { held } = this;
    if (!held) return;
    const far = Math.hypot(clientX - held.x, clientY - held.y) > FAR;
    if (!held.lifted && far && pointerType === 'mouse') this.lift();
    else if (!held.lifted && far) this.cancel();
    if (!this.active) return;
    held.at = { clientX, clientY };
    this.follow();
  }

  lift() {
    const { held } = this;
    held.lifted = true;
    held.at = { clientX: held.x, clientY: held.y };
    held.row.classList.add('dragged');
    document.body.classList.add('dragging');
    this.scroll();
  }

  follow() {
    const { row, x, y, top, at } = this.held;
    row.style.transform = `translate(${at.clientX - x}px, ${at.clientY - y + scrollY - top}px)`;
    const over = document.elementFromPoint(at.clientX, at.clientY)?.closest('.group[data-day]');
    if (over === this.over) return;
    this.over?.classList.remove('over');
    over?.classList.add('over');
    this.over = over;
  }

  scroll() {
    if (!this.active) return;
    const { y, at: { clientY } } = this.held;
    const by = clientY < Math.min(EDGE, y) ? -SCROLL : clientY > Math.max(innerHeight - EDGE, y) ? SCROLL : 0;
    if (by) {
      scrollBy(0, by);
      this.follow();
    }
    requestAnimationFrame(() => this.scroll());
  }

  end() {
    const { over, active } = this;
    const task = this.held?.row.task;
    this.cancel();
    if (!active) return;
    this.dropped = true;
    setTimeout(() => { this.dropped = false; });
    if (over) this.drop(task, over.dataset.day || null);
  }

  drop(task, day) {
    const { actions, family: { calendar } } = this.board;
    if (day !== (task.due_at && calendar.dayOf(task.due_at))) actions.move(task, day && onDay(task, day, calendar));
  }

  cancel() {
    if (!this.held) return;
    clearTimeout(this.held.timer);
    this.held.row.classList.remove('dragged');
    this.held.row.style.transform = '';
    document.body.classList.remove('dragging');
    this.over?.classList.remove('over');
    const { active } = this;
    this.held = this.over = null;
    // What came meanwhile was not drawn.
    if (active) this.board.draw();
  }
}
