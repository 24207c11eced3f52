// The conversation list. Text is set as text, never as HTML.
const list = document.querySelector('#messages');
const ticks = {
  received: '✓ delivered to Family PA', queued: '… queued', accepted: '… queued', sending: '… sending',
  sent: '✓ sent', delivered: '✓✓ delivered', read: '✓✓ read',
};

const element = (name, properties) => Object.assign(document.createElement(name), properties);

export function clear() {
  list.replaceChildren(element('li', { className: 'empty', textContent: 'No messages yet. Write something, record a voice note, or attach a picture.' }));
}

/** Adds a message, or updates the status of an existing one. */
export function show(message, failure) {
  list.querySelector('.empty')?.remove();
  const stays = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const known = document.getElementById(message.sid);
  const item = known ?? element('li', { id: message.sid, className: message.mine ? 'message mine' : 'message' });
  if (!known) {
    item.append(...message.media.map(attachment), ...paragraph(message.body), element('p', { className: 'fate' }));
    list.append(item);
  }
  tell(item.querySelector('.fate'), message, failure);
  if (stays) list.scrollTop = list.scrollHeight;
}

/** Shows that the webhook rejected a message. */
export function refuse(sid, reason) {
  const fate = document.getElementById(sid)?.querySelector('.fate');
  if (!fate) return;
  fate.textContent = reason;
  fate.classList.add('failed');
  fate.dataset.final = 'true';
}

function tell(fate, message) {
  if (fate.dataset.final) return;
  const time = new Date(message.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const failed = message.status === 'failed' || message.status === 'undelivered';
  fate.textContent = `${time} · ${failed ? `not delivered (error ${message.errorCode ?? 'unknown'})` : ticks[message.status] ?? message.status}`;
  fate.classList.toggle('failed', failed);
}

function paragraph(text) {
  if (!text) return [];
  const line = element('p');
  // Only http(s) links, for the board link in replies.
  for (const part of text.split(/(https?:\/\/[^\s]+)/)) {
    line.append(/^https?:/.test(part) ? element('a', { href: part, textContent: part, target: '_blank', rel: 'noreferrer' }) : part);
  }
  return [line];
}

function attachment(media) {
  if (media.contentType.startsWith('audio/')) return element('audio', { controls: true, src: media.url, preload: 'metadata', ariaLabel: 'Voice note' });
  return ['image/jpeg', 'image/png', 'image/webp'].includes(media.contentType)
    ? element('img', { src: media.url, alt: 'Picture' })
    : element('a', { href: media.url, download: '', textContent: `Attachment (${media.contentType})` });
}
