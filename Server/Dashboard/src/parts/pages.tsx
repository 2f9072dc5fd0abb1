import { useState } from 'preact/hooks';
import { count } from '../format';

const size = 50;

/** Cuts a long list into pages; the buttons are there only where they do something. */
export function usePages<T>(rows: readonly T[]): { shown: readonly T[]; turner: preact.ComponentChildren } {
  const [wanted, turn] = useState(0);
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  const page = Math.min(wanted, last);
  const turner = last > 0 && (
    <nav class="pages" aria-label="Pages">
      <button class="small" disabled={page === 0} onClick={() => turn(page - 1)}>Previous</button>
      <span>{count(page * size + 1)}–{count(Math.min(rows.length, (page + 1) * size))} of {count(rows.length)}</span>
      <button class="small" disabled={page === last} onClick={() => turn(page + 1)}>Next</button>
    </nav>
  );
  return { shown: rows.slice(page * size, (page + 1) * size), turner };
}
