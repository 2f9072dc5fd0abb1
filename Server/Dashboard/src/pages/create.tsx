import { useState } from 'preact/hooks';
import { Problem } from '../api/problem';
import { post } from '../api/rest';
import { useRuns } from '../api/routes';
import type { Run } from '../api/types';
import { Head } from '../parts/head';
import { Icon } from '../parts/icons';
import { Panel } from '../parts/panel';
import { say } from '../parts/toast';
import { go } from '../router';
import { BundlePicker } from './create/bundle';
import { Setting } from './create/field';
import { begin, isShown, specOf, wrongFrom, wrongIn, type Draft, type Wrong } from './create/draft';
import { sections, type Section } from './create/fields';

/** Everything that is decided before a run begins; what is wrong is told beside the field, whoever found it. */
export function CreatePage() {
  const runs = useRuns();
  const [draft, setDraft] = useState<Draft>(begin);
  const [touched, setTouched] = useState(false);
  const [refusal, setRefusal] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const wrong = wrongIn(draft, runs.data ?? []);
  const shown: Wrong = touched ? { ...refusal && wrongFrom(refusal), ...wrong } : {};
  // What the coordinator said was about what it was sent.
  const change = (next: (draft: Draft) => Draft) => { setRefusal(undefined); setDraft(next); };

  const submit = async (validateOnly: boolean) => {
    setTouched(true);
    setRefusal(undefined);
    if (Object.keys(wrong).length > 0) return focusFirst();
    setBusy(true);
    try {
      const run = await post<Run>(`/runs${validateOnly ? '?validate=true' : ''}`, await specOf(draft));
      if (validateOnly) say('The coordinator would accept this run.');
      else {
        say(`${run.id} is created.`);
        go(`/runs/${run.id}`);
      }
    } catch (e) {
      setRefusal(e as Error);
      focusFirst();
    }
    setBusy(false);
  };

  return (
    <>
      <Head title="New run" above={<a href="/runs">Runs</a>} />
      <form class="create" noValidate onSubmit={e => { e.preventDefault(); void submit(false); }}>
        <Panel title="Adapter" note="what every client trains">
          <BundlePicker bundle={draft.bundle} set={bundle => change(d => ({ ...d, bundle }))} runs={runs.data ?? []} wrong={shown.bundle} />
        </Panel>
        {sections.map(s => <Part key={s.title} section={s} draft={draft} wrong={shown} set={(path, value) => change(d => ({ ...d, values: { ...d.values, [path]: value } }))} />)}
        {refusal && <div class="failure" role="alert"><Icon name="warning" /><div><p>{refusal.message}</p>{refusal instanceof Problem && refusal.code && <p class="muted">Code <code>{refusal.code}</code>. Nothing was created.</p>}</div></div>}
        {touched && Object.keys(wrong).length > 0 && <p class="field-error" role="alert">Some fields need another value; each says which.</p>}
        <div class="buttons create-buttons">
          <button type="button" disabled={busy} onClick={() => void submit(true)}>Check only</button>
          <button class="primary" disabled={busy}>{busy ? 'Working…' : 'Create run'}</button>
        </div>
      </form>
    </>
  );
}

// After the next drawing, when the fields say what is wrong with them.
const focusFirst = () => setTimeout(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 50);

interface PartProps { section: Section; draft: Draft; wrong: Wrong; set: (path: string, value: string) => void }

function Part({ section, draft, wrong, set }: PartProps) {
  const fields = section.fields.filter(f => isShown(f, draft.values));
  if (fields.length === 0) return null;
  const inputs = fields.map(f => <Setting key={f.path} field={f} value={draft.values[f.path]!} set={v => set(f.path, v)} wrong={wrong[f.path]} />);
  if (!section.folded) return <Panel title={section.title} note={section.note}>{inputs}</Panel>;
  return (
    <details class="panel folded" open={fields.some(f => wrong[f.path]) || undefined}>
      <summary><h2>{section.title}</h2><span class="muted">{section.note}</span></summary>
      <div class="fields">{inputs}</div>
    </details>
  );
}
