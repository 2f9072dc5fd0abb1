import { signal } from '@preact/signals';
import { Problem } from '../api/problem';
import { Icon } from './icons';

interface Note { id: number; text: string; bad: boolean }

const notes = signal<readonly Note[]>([]);
const lifeMs = 8_000;
let next = 0;

export function say(text: string, bad = false): void {
  const note = { id: next++, text, bad };
  notes.value = [...notes.value.slice(-3), note];
  setTimeout(() => dismiss(note.id), lifeMs);
}

/** Does something that the operator asked for, and tells how it ended. */
export async function attempt(what: string, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    say(what);
    return true;
  } catch (e) {
    say(e instanceof Problem && e.code ? `${e.code}: ${e.message}` : (e as Error).message, true);
    return false;
  }
}

const dismiss = (id: number): void => { notes.value = notes.value.filter(n => n.id !== id); };

export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {notes.value.map(n => (
      <div key={n.id} class={`toast ${n.bad ? 'bad' : 'ok'}`}>
        <Icon name={n.bad ? 'warning' : 'check'} /><span>{n.text}</span>
        <button class="bare" aria-label="Dismiss" onClick={() => dismiss(n.id)}><Icon name="close" /></button>
      </div>
    ))}
  </div>
);
