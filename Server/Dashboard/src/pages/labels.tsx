import { useState } from 'preact/hooks';
import { put } from '../api/rest';
import { paths } from '../api/routes';
import type { Client } from '../api/types';
import { Dialog } from '../parts/dialog';
import { attempt } from '../parts/toast';

const shape = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

interface Props { client: Client; onClose: () => void; changed: () => void }

/** Labels are how a run names the clients that may join it without listing them. */
export function LabelsDialog({ client, onClose, changed }: Props) {
  const [text, setText] = useState(Object.entries(client.labels ?? {}).map(([k, v]) => `${k}=${v}`).join('\n'));
  const lines = text.split('\n').map(l => l.trim()).filter(Boolean);
  const wrong = lines.find(l => !isLabel(l));
  const save = async (event: Event) => {
    event.preventDefault();
    const labels = Object.fromEntries(lines.map(l => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));
    if (await attempt(`Labels of ${client.id} are set.`, () => put(paths.client(client.id, '/labels'), labels))) {
      changed();
      onClose();
    }
  };
  return (
    <Dialog title={`Labels of ${client.id}`} onClose={onClose}>
      <form onSubmit={save}>
        <label class="field">
          <span>One <code>key=value</code> a line</span>
          <textarea rows={5} value={text} onInput={e => setText(e.currentTarget.value)} aria-invalid={Boolean(wrong)} aria-describedby="labels-wrong" spellcheck={false} />
        </label>
        <p id="labels-wrong" class="field-error" aria-live="polite">{wrong && `“${wrong}” is no label: letters, digits, dot, dash and underline on both sides of one “=”.`}</p>
        <div class="buttons"><button type="button" onClick={onClose}>Cancel</button><button class="primary" disabled={Boolean(wrong)}>Set labels</button></div>
      </form>
    </Dialog>
  );
}

const isLabel = (line: string): boolean => {
  const [key, value, more] = line.split('=');
  return more === undefined && shape.test(key ?? '') && shape.test(value ?? '');
};
