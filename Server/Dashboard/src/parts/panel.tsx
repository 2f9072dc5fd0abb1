import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props { title: string; note?: ComponentChildren; actions?: ComponentChildren; class?: string; children: ComponentChildren }

export function Panel({ title, note, actions, class: name = '', children }: Props) {
  const id = useId();
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {note && <span class="muted">{note}</span>}
        {actions && <span class="panel-actions">{actions}</span>}
      </header>
      {children}
    </section>
  );
}

export const Figure = ({ label, value, note }: { label: string; value: ComponentChildren; note?: ComponentChildren }) => (
  <div class="figure"><dt>{label}</dt><dd>{value}{note && <small>{note}</small>}</dd></div>
);

export const Progress = ({ value, of, label }: { value: number; of: number; label: string }) => (
  <progress class="progress" value={value} max={Math.max(of, 1)} aria-label={label} />
);
