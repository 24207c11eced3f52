// The family: who belongs to it, and for its owners and admins who else may.

import { byId, part, reconcile, say, stamp } from '../shared/dom.js';
import { ApiError, Keys, Unreachable, explain, send, unlessChanged } from './api.js';
import { confirm, open } from '../shared/dialog.js';
import { CalendarFeeds } from './calendar-feeds.js';
import { openMember } from './member-dialog.js';
import { signOut } from './session.js';
import { toast } from './toast.js';

const ROLES = { owner: 'Owner', admin: 'Admin', member: 'Member' };
const SETTINGS = ['name', 'timezone', 'locale'];
const LANGUAGES = {
  'en-GB': 'English (UK)', 'en-US': 'English (US)', de: 'Deutsch', es: 'Español', fr: 'Français', it: 'Italiano', nl: 'Nederlands', pt: 'Português', tr: 'Türkçe',
};

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
    form.elements.locale.append(...Object.entries(LANGUAGES).map(([code, label]) => new Option(label, code)));
    byId('view').replaceChildren(element);
    this.fill(form, this.board.family);
    new CalendarFeeds(part(element, 'calendar'), action => this.attempt(action));
    this.board.reloadFamily().catch(() => {});
  }

  draw() {
    const { family } = this.board;
    part(this.element, 'invite').hidden = !family.manages;
    part(this.element, 'settings').hidden = !family.manages;
    reconcile(this.element.querySelector('ul'), family.members, {
      key: member => member.user_id,
      create: () => this.row(),
      update: (row, member) => this.update(row, member),
    });
    const form = this.element.querySelector('form');
    if (Object.keys(this.typed(form)).length === 0) this.fill(form, family);
  }

  /** Shows the family's settings, but for what was typed. */
  fill(form, family, typed = {}) {
    const { locale } = form.elements;
    if (![...locale.options].some(option => option.value === family.locale)) locale.add(new Option(family.locale, family.locale), 0);
    for (const name of SETTINGS) form.elements[name].value = typed[name] ?? family[name];
    form.shown = family;
  }

  /** What differs from the settings that were shown. */
  typed(form) {
    return Object.fromEntries(SETTINGS.map(name => [name, form.elements[name].value]).filter(([name, value]) => value !== form.shown[name]));
  }

  row() {
    const row = stamp('member');
    const role = part(row, 'role');
    role.append(...this.roles().map(name => new Option(ROLES[name], name)));
    role.addEventListener('change', async () => {
      await this.changeRole(row.member, role.value);
      role.value = row.member.role;
    });
    part(row, 'remove').addEventListener('click', () => this.remove(row.member));
    part(row, 'edit').addEventListener('click', () => openMember(this.board.family, row.member, async member => {
      toast(`Saved: ${member.name}`);
      await this.board.reloadFamily();
    }));
    return row;
  }

  update(row, member) {
    const { family } = this.board;
    const mine = member.user_id === family.me.user_id;
    row.member = member;
    const mayChange = family.me.role === 'owner' || (family.me.role === 'admin' && member.role !== 'owner');
    family.fillAvatar(part(row, 'avatar'), member.user_id);
    part(row, 'name').textContent = mine ? `${member.name} (you)` : member.name;
    const invited = member.status === 'invited';
    part(row, 'detail').textContent = [mayChange && !invited ? '' : ROLES[member.role], member.nicknames.join(', '), member.phone_masked, invited && 'invited, waiting for an answer'].filter(Boolean).join(' · ');
    const role = part(row, 'role');
    role.hidden = !mayChange || invited;
    role.setAttribute('aria-label', `Role of ${member.name}`);
    if (role !== document.activeElement) role.value = member.role;
    const edit = part(row, 'edit');
    edit.hidden = invited || !(mayChange || mine);
    edit.setAttribute('aria-label', `Edit ${member.name}`);
    const remove = part(row, 'remove');
    remove.hidden = !mayChange || mine;
    remove.setAttribute('aria-label', `Remove ${member.name}`);
  }

  /** Gives a member another role. Where somebody else was faster, it shows what they made of it, and the role can still be meant. */
  async changeRole(member, role) {
    let late = false;
    await this.attempt(async () => {
      try {
        await send('PATCH', `/api/members/${member.user_id}`, { role }, unlessChanged(member));
        toast(`${member.name} is now ${ROLES[role].toLowerCase()}.`);
      } catch (error) {
        if (error.status !== 412) throw error;
        late = true;
      }
    });
    const now = this.board.family.byId.get(member.user_id);
    if (!late || !now) return;
    const again = { label: `Make ${ROLES[role].toLowerCase()}`, run: () => this.changeRole(now, role) };
    toast(`Somebody changed ${now.name} meanwhile: ${ROLES[now.role].toLowerCase()} now.`, again);
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
      const keys = new Keys();
      form.addEventListener('submit', event => this.invite(event, form, dialog, keys));
    });
  }

  async invite(event, form, dialog, keys) {
    event.preventDefault();
    const { name, phone, role } = form.elements;
    const fields = { name: name.value.trim(), role: role.value };
    if (phone.value.trim()) fields.phone = phone.value.trim();
    const button = form.querySelector('.primary');
    button.disabled = true;
    try {
      const added = await send('POST', '/api/members', fields, { 'Idempotency-Key': keys.of(fields) });
      dialog.close();
      if (added.status === 'active') toast(`${added.name} is in the family.`);
      else toast(added.invited ? `${added.name} is invited.` : `${added.name} is invited, but we could not write to them. Please ask them to write to us.`);
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
      const settings = { name: name.value.trim(), timezone: timezone.value, locale: locale.value };
      this.fill(form, await send('PATCH', '/api/family', settings, unlessChanged(form.shown)));
      await this.board.reloadFamily();
      toast('Saved.');
    } catch (error) {
      say(part(form, 'notice'), error.status === 412 ? await this.merge(form) : this.explain(error));
    }
  }

  /**
   * Somebody else was faster: what was typed here stays, and everything else becomes what they made of it.
   * @returns what to tell
   */
  async merge(form) {
    const typed = this.typed(form);
    try {
      await this.board.reloadFamily();
    } catch (error) {
      return this.explain(error);
    }
    this.fill(form, this.board.family, typed);
    return 'Somebody changed the family while you were editing it. Their changes are in; yours are not saved yet. Check, and save again.';
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
