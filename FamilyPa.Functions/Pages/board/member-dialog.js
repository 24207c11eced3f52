// What one member is called, and what they are told.

import { part, say } from '../shared/dom.js';
import { open } from '../shared/dialog.js';
import { explain, send, unlessChanged } from './api.js';

const DIGEST_AT = '07:00';

/** @param saved is called with the member as it is now */
export function openMember(family, member, saved) {
  open('member-edit', dialog => {
    const form = dialog.querySelector('form');
    const { name, nicknames, notified, digest, digest_at, timezone } = form.elements;
    const mine = member.user_id === family.me.user_id;
    part(dialog, 'heading').textContent = mine ? 'You' : member.name;
    name.value = member.name;
    nicknames.value = member.nicknames.join(', ');
    notified.checked = member.notified;
    // Who has no phone is told nothing.
    part(dialog, 'told').hidden = !member.phone_masked;
    part(dialog, 'digest').hidden = !member.phone_masked || !mine || member.digest_at === undefined;
    digest.checked = Boolean(member.digest_at);
    digest_at.value = member.digest_at ?? DIGEST_AT;
    part(dialog, 'zone').hidden = member.timezone === undefined;
    timezone.value = member.timezone ?? '';
    timezone.placeholder = family.timezone;
    const showTime = () => { digest_at.closest('label').hidden = !digest.checked; };
    digest.addEventListener('change', showTime);
    showTime();

    const changes = () => {
      const names = nicknames.value.split(',').map(text => text.trim()).filter(Boolean);
      const at = digest.checked ? digest_at.value || DIGEST_AT : null;
      return {
        ...(name.value.trim() !== member.name && { name: name.value.trim() }),
        ...(names.join() !== member.nicknames.join() && { nicknames: names }),
        ...(notified.checked !== member.notified && { notified: notified.checked }),
        ...(!part(dialog, 'digest').hidden && at !== member.digest_at && { digest_at: at }),
        ...(member.timezone !== undefined && (timezone.value.trim() || null) !== member.timezone && { timezone: timezone.value.trim() || null }),
      };
    };
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const button = form.querySelector('.primary');
      button.disabled = true;
      try {
        const fields = changes();
        if (Object.keys(fields).length) await saved(await send('PATCH', `/api/members/${member.user_id}`, fields, unlessChanged(member)));
        dialog.close();
      } catch (error) {
        say(part(form, 'notice'), error.status === 412 ? `Somebody changed ${member.name} meanwhile. Close this, and look again.` : explain(error));
      } finally {
        button.disabled = false;
      }
    });
  });
}
