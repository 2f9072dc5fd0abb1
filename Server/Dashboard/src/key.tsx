import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { apiKey, keyWanted, useKey } from './api/key';
import { Dialog } from './parts/dialog';
import { Icon } from './parts/icons';

const asked = signal(false);

export const KeyButton = () => (
  <button class="bare" onClick={() => { asked.value = true; }} aria-label={apiKey.value ? 'API key: set; change' : 'API key: none; set one'} title="API key">
    <Icon name="key" />
  </button>
);

/** Asks for the operator's key when the server wants one; the key stays in this tab. */
export function KeyDialog() {
  const [key, setKey] = useState('');
  if (!asked.value && !keyWanted.value) return null;
  const close = () => { [asked.value, keyWanted.value] = [false, false]; };
  const submit = (event: Event) => {
    event.preventDefault();
    useKey(key.trim());
    setKey('');
    close();
  };
  return (
    <Dialog title="API key" onClose={close}>
      <form onSubmit={submit}>
        <p>{keyWanted.value ? 'This coordinator asks for a key.' : 'Needed where the coordinator asks for one.'} An administrator makes one with <code>federated keys create</code>. It is kept for this tab only.</p>
        <label class="field"><span>Key</span><input type="password" autocomplete="off" value={key} onInput={e => setKey(e.currentTarget.value)} autofocus /></label>
        <div class="buttons">
          {apiKey.value && <button type="button" onClick={() => { useKey(''); close(); }}>Forget the key</button>}
          <button type="button" onClick={close}>Cancel</button>
          <button class="primary" disabled={!key.trim()}>Use this key</button>
        </div>
      </form>
    </Dialog>
  );
}
