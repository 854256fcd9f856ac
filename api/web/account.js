// The pages of accounts: passkeys by the browser's own functions, everything else by /api/v1/account/*.

const ABOUT = {
  NotAllowedError: 'It was cancelled, or took too long.',
  InvalidStateError: 'This device has a passkey for the account already.',
  SecurityError: 'Passkeys need the address under which this site is known; on one machine that is http://localhost.',
};

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = text === '' ? undefined : JSON.parse(text);
  if (answer.ok) return json;
  const more = json?.detail ?? json?.errors?.map((error) => `${error.pointer.slice(1)} ${error.detail}`).join('; ');
  throw new Error([json?.title ?? `The server answered ${answer.status}.`, more].filter(Boolean).join(' '));
}

/** The policy of the page allows no picture made of text, but a shape is an element as any other. */
function draw(svg, { size, path }) {
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.replaceChildren(shape);
}

const status = document.querySelector('#status, #passkey-status');

/** Runs what a button does, once at a time, and says what went wrong. */
function on(selector, event, run) {
  for (const element of document.querySelectorAll(selector)) {
    element.addEventListener(event, async (happened) => {
      happened.preventDefault();
      const button = element.matches('form') ? element.querySelector('button') : element;
      button.disabled = true;
      status.textContent = '';
      try {
        await run(element);
      } catch (error) {
        status.textContent = ABOUT[error.name] ?? error.message;
        status.scrollIntoView({ block: 'nearest' });
      } finally {
        button.disabled = false;
      }
    });
  }
}

const fieldsOf = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));

/** A browser asks for one passkey at a time: the button takes over from the list below the address. */
let asking = new AbortController();

async function usePasskey(more) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const options = await call('GET', '/api/auth/passkey/generate-authenticate-options');
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey, signal, ...more });
  await call('POST', '/api/auth/passkey/verify-authentication', { response: credential.toJSON() });
  location.assign(document.querySelector('#use-passkey').dataset.next);
}

on('#use-passkey', 'click', () => usePasskey());

// Whoever goes to the field of the address is shown their passkeys there, where the browser can. No challenge is made before.
document.querySelector('[autocomplete~=webauthn]')?.addEventListener(
  'focus',
  async () => {
    if (!(await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
    // Nobody asked for this: when nothing comes of it, nothing is said.
    await usePasskey({ mediation: 'conditional' }).catch(() => undefined);
  },
  { once: true },
);

on('#add-passkey', 'submit', async (form) => {
  const options = await call('GET', '/api/auth/passkey/generate-register-options');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  const body = { response: credential.toJSON(), ...fieldsOf(form) };
  await call('POST', '/api/auth/passkey/verify-registration', body);
  location.reload();
});

on('[data-call]', 'click', async (button) => {
  const [method, path] = button.dataset.call.split(' ');
  const { prompt: question, field } = button.dataset;
  const value = question && prompt(question);
  if (question && !value) return;
  await call(method, path, field && { [field]: value });
  location.reload();
});

on('#set-password', 'submit', async (form) => {
  await call('POST', '/api/v1/account/password', fieldsOf(form));
  location.reload();
});

on('#begin-totp', 'submit', async (form) => {
  const { totpURI, picture, backupCodes } = await call('POST', '/api/v1/account/totp', fieldsOf(form));
  const secret = new URL(totpURI).searchParams.get('secret');
  document.querySelector('#totp-secret').textContent = secret.match(/.{1,4}/g).join(' ');
  document.querySelector('#totp-link').href = totpURI;
  draw(document.querySelector('#totp-picture'), picture);
  document.querySelector('#totp-codes').textContent = backupCodes.join('\n');
  document.querySelector('#confirm-totp').hidden = false;
});

on('#confirm-totp', 'submit', async (form) => {
  await call('POST', '/api/v1/account/totp/confirm', fieldsOf(form));
  location.reload();
});

on('#renew-codes', 'submit', async () => {
  const { recoveryCodes } = await call('POST', '/api/v1/account/totp/recovery-codes');
  const text = `Keep them now; they are not shown again:\n${recoveryCodes.join('\n')}`;
  document.querySelector('#new-codes').textContent = text;
});

on('#link-provider', 'click', async () => {
  const { url } = await call('POST', '/api/v1/account/identities');
  location.assign(url);
});

on('#make-key', 'submit', async (form) => {
  const { name, expiresInDays } = fieldsOf(form);
  const scopes = new FormData(form).getAll('scopes');
  const days = expiresInDays && { expiresInDays: Number(expiresInDays) };
  const { secret } = await call('POST', '/api/v1/account/api-keys', { name, scopes, ...days });
  const code = document.createElement('code');
  code.textContent = secret;
  document.querySelector('#new-key').replaceChildren('Copy it now; it is not shown again: ', code);
  form.reset();
});
