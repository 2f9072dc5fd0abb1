import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

type Input = (props: { id: string; 'aria-invalid': boolean; 'aria-describedby': string }) => JSX.Element;

type Props = { name: string; hint?: string; wrong?: string | undefined } & (
  | { input: Input }
  | { number: [number, number]; step?: string; value: string; set: (value: string) => void });

/** A labelled input with what it means below it, and what is wrong with it where something is. */
export function Field(props: Props) {
  const id = useId();
  const about = { id, 'aria-invalid': Boolean(props.wrong), 'aria-describedby': `${id}-about` };
  return (
    <div class="field">
      <label for={id}>{props.name}</label>
      {'input' in props ? props.input(about)
        : <input {...about} type="number" inputMode="decimal" min={props.number[0]} max={props.number[1]} step={props.step ?? '1'} value={props.value} onInput={e => props.set(e.currentTarget.value)} />}
      <p id={`${id}-about`} class={props.wrong ? 'field-error' : 'hint'} aria-live="polite">{props.wrong ?? props.hint}</p>
    </div>
  );
}

export function Choice({ name, value, options, set }: { name: string; value: string; options: string[]; set: (value: string) => void }) {
  return <Field name={name} input={p => <select {...p} value={value} onChange={e => set(e.currentTarget.value)}>{options.map(o => <option key={o}>{o}</option>)}</select>} />;
}
