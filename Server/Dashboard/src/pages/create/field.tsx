import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { useResource } from '../../api/resource';
import type { FieldSpec } from './fields';

type About = { id: string; 'aria-invalid': boolean; 'aria-describedby': string };

/** A labelled input with what it means below it, and what is wrong with it where something is. */
export function Field({ name, hint, wrong, input }: { name: string; hint?: ComponentChildren; wrong?: string | undefined; input: (about: About) => JSX.Element }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{name}</label>
      {input({ id, 'aria-invalid': Boolean(wrong), 'aria-describedby': `${id}-about` })}
      <p id={`${id}-about`} class={wrong ? 'field-error' : 'hint'} aria-live="polite">{wrong ?? hint}</p>
    </div>
  );
}

interface Props { field: FieldSpec; value: string; set: (value: string) => void; wrong: string | undefined }

/** A setting of the RunSpec as the input that fits it. */
export function Setting({ field, value, set, wrong }: Props) {
  if (field.kind === 'strategy') return <Strategy {...{ field, value, set, wrong }} />;
  const frame = (input: (about: About) => JSX.Element) => <Field name={field.name} hint={field.hint} wrong={wrong} input={input} />;
  switch (field.kind) {
    case 'choice': return frame(p => <select {...p} value={value} onChange={e => set(e.currentTarget.value)}>{field.options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}</select>);
    case 'flag': return frame(p => <span class="flag"><input {...p} type="checkbox" checked={value !== ''} onChange={e => set(e.currentTarget.checked ? 'yes' : '')} /></span>);
    case 'whole': case 'number': return frame(p => <input {...p} type="number" inputMode="decimal" min={field.min} max={field.max} step={field.kind === 'whole' ? '1' : 'any'} required={field.required ?? false} value={value} onInput={e => set(e.currentTarget.value)} />);
    default: return frame(p => <input {...p} value={value} onInput={e => set(e.currentTarget.value)} autocomplete="off" spellcheck={false} />);
  }
}

interface Bundle { name: string; summary?: string }

/** The bundles that this coordinator knows; a name can be typed where it does not list them. */
function Strategy({ field, value, set, wrong }: Props) {
  const bundles = useResource<Bundle[]>('/strategies').data;
  const hint = bundles?.find(b => b.name === value)?.summary ?? 'How updates are combined (docs/strategies)';
  return <Field name={field.name} hint={hint} wrong={wrong} input={p => bundles
    ? <select {...p} value={value} onChange={e => set(e.currentTarget.value)}>{bundles.map(b => <option key={b.name}>{b.name}</option>)}</select>
    : <input {...p} value={value} onInput={e => set(e.currentTarget.value)} spellcheck={false} />} />;
}
