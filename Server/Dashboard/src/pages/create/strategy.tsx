import { useResource } from '../../api/resource';
import { Field } from './field';

interface Bundle { name: string; summary?: string }

/** The bundles that this coordinator knows; a name can be typed where it does not list them. */
export function StrategyField({ value, set, wrong }: { value: string; set: (value: string) => void; wrong: string | undefined }) {
  const bundles = useResource<Bundle[]>('/strategies').data;
  const hint = bundles?.find(b => b.name === value)?.summary ?? 'How updates are combined (docs/strategies)';
  return <Field name="Strategy" hint={hint} wrong={wrong} input={p => bundles
    ? <select {...p} value={value} onChange={e => set(e.currentTarget.value)}>{bundles.map(b => <option key={b.name}>{b.name}</option>)}</select>
    : <input {...p} value={value} onInput={e => set(e.currentTarget.value)} spellcheck={false} />} />;
}
