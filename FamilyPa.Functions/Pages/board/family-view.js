// The family: who belongs to it, and for its owners and admins who else may.

import { byId, part, reconcile, say, stamp } from '../shared/dom.js';
import { ApiError, Unreachable, explain, send } from './api.js';
import { confirm, open } from '../shared/dialog.js';
import { signOut } from './session.js';
import { toast } from './toast.js';

const ROLES = { owner: 'Owner', admin: 'Admin', member: 'Member' };
const LANGUAGES = { 'en-GB': 'English (UK)', 'en-US': 'English (US)', de: 'Deutsch', es: 'Español', fr: 'Français' };

export class FamilyView {
  constructor(board) {
    this.board = board;
  }

  open() {
    const element = stamp('family');
    this.element = element;
    const form = element.querySelector('form');
    part(element, 'invite').addEventListener('click', () => this.openInvitation());
    part(element, 'leave').addEventListener('click', () => this.remove(this.board.family.me));
    part(element, 'sign-out').addEventListener('click', () => this.attempt(signOut));
    form.addEventListener('submit', event => this.save(event, form));
    element.querySelector('datalist').append(...Intl.supportedValuesOf('timeZone').map(zone => new Option('', zone)));
    byId('view').replaceChildren(element);
    const { family } = this.board;
    const { name, timezone, locale } = form.elements;
    name.value = family.name;
    timezone.value = family.timezone;
    locale.append(...Object.entries({ ...(family.locale in LANGUAGES ? {} : { [family.locale]: family.locale }), ...LANGUAGES }).map(([code, label]) => new Option(label, code)));
    locale.value = family.locale;
    this.board.reloadFamily().catch(() => {});
  }

  draw() {
    const { family } = this.board;
    part(this.element, 'invite').hidden = !family.manages;
    part(this.element, 'settings').hidden = !family.manages;
    reconcile(this.element.querySelector('ul'), family.members, {
      key: member => member.user_id,
      create: member => this.row(member),
      update: (row, member) => this.update(row, member),
    });
  }

  row(member) {
    const row = stamp('member');
    part(row, 'role').append(...this.roles().map(name => new Option(ROLES[name], name)));
    part(row, 'role').addEventListener('change', event => this.attempt(async () => {
      await send('PATCH', `/api/members/${member.user_id}`, { role: event.target.value });
      toast(`${member.name} is now ${ROLES[event.target.value].toLowerCase()}.`);
    }));
    part(row, 'remove').addEventListener('click', () => this.remove(member));
    return row;
  }

  update(row, member) {
    const { family } = this.board;
    const mine = member.user_id === family.me.user_id;
    const mayChange = family.me.role === 'owner' || (family.me.role === 'admin' && member.role !== 'owner');
    family.fillAvatar(part(row, 'avatar'), member.user_id);
    part(row, 'name').textContent = mine ? `${member.name} (you)` : member.name;
    part(row, 'detail').textContent = [mayChange ? '' : ROLES[member.role], member.phone_masked].filter(Boolean).join(' · ');
    const role = part(row, 'role');
    role.hidden = !mayChange;
    role.setAttribute('aria-label', `Role of ${member.name}`);
    if (role !== document.activeElement) role.value = member.role;
    const remove = part(row, 'remove');
    remove.hidden = !mayChange || mine;
    remove.setAttribute('aria-label', `Remove ${member.name}`);
  }

  /** Only an owner makes owners. */
  roles() {
    return Object.keys(ROLES).filter(role => role !== 'owner' || this.board.family.me.role === 'owner');
  }

  async remove(member) {
    const mine = member.user_id === this.board.family.me.user_id;
    const [heading, text, yes] = mine
      ? ['Leave this family?', 'You will not see its tasks any more. Somebody has to invite you to come back.', 'Leave']
      : [`Remove ${member.name}?`, `${member.name} will not see the family’s tasks any more, and cannot add any by message.`, 'Remove'];
    if (!await confirm(heading, text, yes)) return;
    await this.attempt(async () => {
      await send('DELETE', `/api/members/${member.user_id}`);
      toast(mine ? 'You have left the family.' : `${member.name} was removed.`);
    });
  }

  openInvitation() {
    open('member', dialog => {
      const form = dialog.querySelector('form');
      form.elements.role.append(...this.roles().reverse().map(role => new Option(ROLES[role], role)));
      form.addEventListener('submit', event => this.invite(event, form, dialog));
    });
  }

  async invite(event, form, dialog) {
    event.preventDefault();
    const { name, phone, role } = form.elements;
    const button = form.querySelector('.primary');
    button.disabled = true;
    try {
      const added = await send('POST', '/api/members', { name: name.value.trim(), phone: phone.value.trim(), role: role.value });
      dialog.close();
      toast(added.invited ? `${added.name} is invited.` : `${added.name} was added, but we could not write to them. Please tell them yourself.`);
      await this.board.reloadFamily();
    } catch (error) {
      say(part(form, 'notice'), this.explain(error));
    } finally {
      button.disabled = false;
    }
  }

  async save(event, form) {
    event.preventDefault();
    const { name, timezone, locale } = form.elements;
    say(part(form, 'notice'), '');
    try {
      await send('PATCH', '/api/family', { name: name.value.trim(), timezone: timezone.value, locale: locale.value });
      await this.board.reloadFamily();
      toast('Saved.');
    } catch (error) {
      say(part(form, 'notice'), this.explain(error));
    }
  }

  /** Does something, says what went wrong, and shows what is true then. */
  async attempt(action) {
    try {
      await action();
    } catch (error) {
      toast(this.explain(error));
    }
    if (!this.board.listening.signal.aborted) await this.board.reloadFamily().catch(() => {});
  }

  explain(error) {
    if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
    return explain(error);
  }
}
