// Sign-in with Microsoft Entra ID: the authorization code flow with PKCE (RFC 7636). The code comes back in the fragment, which no server sees.

const SLOT = 'familypa.sign-in';
const { authority, client } = document.body.dataset;
const common = { client_id: client, redirect_uri: `${location.origin}/ops`, scope: `${client}/operate` };

export const isOffered = Boolean(client);

/** Leaves for the issuer's page. */
export async function signIn() {
  const { authorization_endpoint: page } = await discover();
  const [verifier, state] = [random(), random()];
  sessionStorage.setItem(SLOT, JSON.stringify({ verifier, state }));
  const challenge = encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  location.assign(`${page}?${new URLSearchParams({
    ...common, response_type: 'code', response_mode: 'fragment', state, code_challenge: challenge, code_challenge_method: 'S256',
  })}`);
}

/** @returns {Promise<?string>} the access token; null when this is not a return from the issuer's page */
export async function returned() {
  const answer = new URLSearchParams(location.hash.slice(1));
  const started = JSON.parse(sessionStorage.getItem(SLOT) ?? 'null');
  if (!started || !answer.has('state')) return null;
  sessionStorage.removeItem(SLOT);
  history.replaceState(null, '', location.pathname);
  if (answer.get('state') !== started.state || !answer.has('code')) throw new Error(answer.get('error_description') ?? 'The sign-in failed.');
  const { token_endpoint: endpoint } = await discover();
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ ...common, grant_type: 'authorization_code', code: answer.get('code'), code_verifier: started.verifier }),
    credentials: 'omit',
  });
  const told = await response.json();
  if (!told.access_token) throw new Error(told.error_description ?? 'The sign-in failed.');
  return told.access_token;
}

const discover = async () => (await fetch(`${authority}/.well-known/openid-configuration`, { credentials: 'omit' })).json();

const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));

const encode = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
