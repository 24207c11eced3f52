// The operator's console: sign-in and the choice of the view.

import { byId, say } from '../shared/dom.js';
import { reportError } from '../shared/report.js';
import { forgetKey, hasKey, useKey } from './api.js';
import { deadLetters } from './dead-letters.js';
import { isOffered, returned, signIn } from './entra.js';
import { limits } from './limits.js';
import { messages } from './messages.js';
import { overview } from './overview.js';
import { timeline } from './timeline.js';

const VIEWS = { '': overview, messages, message: timeline, 'dead-letters': deadLetters, limits };
let leave = null;

async function show() {
  leave?.();
  leave = null;
  byId('console').hidden = !hasKey();
  byId('sign-in').hidden = hasKey();
  if (!hasKey()) {
    byId('view').replaceChildren();
    byId('key').focus();
    return;
  }
  const name = location.pathname.replace(/^\/ops\/?/, '');
  for (const link of document.querySelectorAll('nav [data-view]'))
    link.pathname.replace(/^\/ops\/?/, '') === name ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  const root = document.createElement('div');
  byId('view').replaceChildren(root);
  say(byId('notice'), '');
  try {
    const left = await (VIEWS[name] ?? overview)(root, new URLSearchParams(location.search));
    if (typeof left === 'function') leave = left;
  } catch (error) {
    if (!hasKey()) return;
    if (error.status === undefined && !(error.cause)) reportError(error);
    say(byId('notice'), error.message);
  }
}

function go(address) {
  history.pushState(null, '', address);
  byId('main').focus({ preventScroll: true });
  scrollTo(0, 0);
  show();
}

addEventListener('click', event => {
  const link = event.target.closest('a[href^="/ops"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(link.href);
});
addEventListener('popstate', show);
addEventListener('familypa:signed-out', () => {
  forgetKey();
  show();
});

byId('find').addEventListener('submit', event => {
  event.preventDefault();
  const sid = event.target.elements.sid.value.trim();
  if (sid) go(`/ops/message?sid=${encodeURIComponent(sid)}`);
});
byId('sign-out').addEventListener('click', () => {
  forgetKey();
  go('/ops');
});
byId('sign-in').querySelector('form').addEventListener('submit', async event => {
  event.preventDefault();
  const key = byId('key');
  say(byId('key-error'), '');
  if (await open(key.value.trim())) key.value = '';
});
byId('entra').hidden = !isOffered;
byId('entra').addEventListener('click', () => signIn().catch(error => say(byId('key-error'), error.message)));

/** @returns {Promise<boolean>} whether the key or token opens the console, which it then shows */
async function open(secret) {
  try {
    if (!await useKey(secret)) say(byId('key-error'), 'This key opens nothing here.');
  } catch (error) {
    say(byId('key-error'), error.message);
  }
  if (hasKey()) show();
  return hasKey();
}

try {
  const token = await returned();
  if (!token || !await open(token)) show();
} catch (error) {
  show();
  say(byId('key-error'), error.message);
}
