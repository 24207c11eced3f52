// Signing in, by code or by link, and out.

import { byId } from '../shared/dom.js';
import { ApiError, Unreachable, call, explain } from './api.js';
import { forget } from './last-seen.js';

const LEAVING = 'familypa.leaving';
// A number is sent one code a minute: asked for earlier, none would come.
const RESEND_AFTER = 60_000;

let signedIn = null;
let wanted = '/board';
let phone = '';
let resend;

/** @param done is called once somebody is signed in */
export function showSignIn(done) {
  signedIn = done;
  byId('board').hidden = true;
  byId('sign-in').hidden = false;
  document.title = 'Sign in · Family PA';
  const link = new URLSearchParams(location.hash.slice(1)).get('link');
  if (link) {
    // The link stays neither in the address nor in the history.
    history.replaceState(null, '', '/board/sign-in');
    readLink(link);
  } else {
    showStep('phone');
  }
}

/** Nobody is signed in any more, for whatever reason. */
export function leave(done) {
  forget();
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  byId('view').replaceChildren();
  byId('toasts').replaceChildren();
  wanted = location.pathname;
  history.replaceState(null, '', '/board/sign-in');
  showSignIn(done);
}

export async function signOut() {
  try {
    await call('DELETE', '/api/session');
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    // Nothing of it is shown on this device any more; the session itself ends when the server can be told.
    localStorage.setItem(LEAVING, 'yes');
  }
  history.replaceState(null, '', '/board');
  dispatchEvent(new Event('familypa:signed-out'));
}

/** Ends a session that was left while there was no network. */
export async function finishSignOut() {
  if (!localStorage.getItem(LEAVING)) return;
  await call('DELETE', '/api/session').catch(error => {
    if (error instanceof Unreachable) throw error;
  });
  localStorage.removeItem(LEAVING);
}

function showStep(step) {
  byId('phone-form').hidden = step !== 'phone';
  byId('code-form').hidden = step !== 'code';
  byId('link-form').hidden = step !== 'link';
  if (step !== 'link') byId(step).focus();
}

function fail(field, text) {
  byId(`${field}-error`).textContent = text;
  byId(field).setAttribute('aria-invalid', String(text !== ''));
  if (text) byId(field).focus();
}

/** Shows whom a link signs in. Only a tap uses it: those who scan links open pages and run their scripts. */
async function readLink(link) {
  const form = byId('link-form');
  const button = form.querySelector('button');
  button.hidden = true;
  byId('link-note').textContent = 'One moment…';
  showStep('link');
  try {
    const { data } = await call('POST', '/api/session/link', { body: { link } });
    byId('link-note').textContent = data.current_name
      ? `You are signed in as ${data.current_name} of ${data.current_family_name}. Signing in as ${data.name} of ${data.family_name} ends that.`
      : `This link signs you in as ${data.name} of ${data.family_name}.`;
    button.textContent = `Sign in as ${data.name}`;
    button.hidden = false;
    form.onsubmit = event => {
      event.preventDefault();
      button.disabled = true;
      signIn({ link }).catch(refuseLink).finally(() => { button.disabled = false; });
    };
  } catch (error) {
    refuseLink(error);
  }
}

function refuseLink(error) {
  showStep('phone');
  fail('phone', error instanceof ApiError && error.status < 500 && error.status !== 429 ? 'That link was used already, or is too old. Sign in with your number.' : explain(error));
  byId('phone').setAttribute('aria-invalid', 'false');
}

async function signIn(proof) {
  localStorage.removeItem(LEAVING);
  forget();
  await call('POST', '/api/session', { body: proof });
  history.replaceState(null, '', wanted);
  for (const form of document.querySelectorAll('#sign-in form')) form.reset();
  signedIn();
}

async function sendCode() {
  fail('code', '');
  await call('POST', '/api/session/code', { body: { phone } });
  byId('code-phone').textContent = phone;
  byId('send-again').disabled = true;
  clearTimeout(resend);
  resend = setTimeout(() => { byId('send-again').disabled = false; }, RESEND_AFTER);
  showStep('code');
}

async function submit(form, field, action) {
  const button = form.querySelector('.primary');
  fail(field, '');
  button.disabled = true;
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
    fail(field, field === 'code' && error.status >= 400 && error.status < 429 ? 'That code is not right, or is too old.' : explain(error));
  } finally {
    button.disabled = false;
  }
}

byId('phone-form').addEventListener('submit', event => {
  event.preventDefault();
  const typed = byId('phone').value.replace(/[^\d+]/g, '').replace(/^00/, '+');
  if (!/^\+[1-9]\d{6,14}$/.test(typed)) return fail('phone', 'Type the whole number with its country code, like +44 7700 900123.');
  phone = typed;
  submit(event.target, 'phone', sendCode);
});

byId('code-form').addEventListener('submit', event => {
  event.preventDefault();
  const code = byId('code').value.replace(/\D/g, '');
  if (!code) return fail('code', 'Type the code from the message.');
  submit(event.target, 'code', () => signIn({ phone, code }));
});

byId('other-phone').addEventListener('click', () => showStep('phone'));
byId('send-again').addEventListener('click', () => submit(byId('code-form'), 'code', sendCode));
