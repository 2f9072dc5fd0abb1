import { useState } from 'preact/hooks';
import type { Run } from '../../api/types';
import { bytes, short } from '../../format';
import { Icon } from '../../parts/icons';
import { fileNames, type Bundle, type Part } from './draft';
import { Field } from './field';

interface Props { bundle: Bundle | null; set: (bundle: Bundle | null) => void; runs: readonly Run[]; wrong: string | undefined }

/** Where the adapter comes from: the files of "adapter init", those that an earlier run named, or a version that it published. */
export function BundlePicker({ bundle, set, runs, wrong }: Props) {
  const [problem, setProblem] = useState<string>();
  const take = async (files: FileList | null) => {
    try {
      set(await read([...files ?? []]));
      setProblem(undefined);
    } catch (e) {
      set(null);
      setProblem((e as Error).message);
    }
  };
  const choose = (name: string) => {
    const run = runs.find(r => r.id === name);
    setProblem(undefined);
    set(run ? { kind: 'run', run, version: '' } : null);
  };
  const base = bundle?.kind === 'run' ? bundle.run.spec.base : bundle?.base ?? '';
  return (
    <>
      <Field name="Files of the adapter" hint="Choose init.json, schema.json, plan.json and version0.safetensors together" wrong={problem ?? wrong}
        input={p => <input {...p} type="file" multiple accept=".json,.safetensors" onChange={e => void take(e.currentTarget.files)} />} />
      {runs.length > 0 && <Field name="Or the adapter of a run" hint="With what that run began with, or with one of its versions"
        input={p => <select {...p} value={bundle?.kind === 'run' ? bundle.run.id : ''} onChange={e => choose(e.currentTarget.value)}><option value="">–</option>{runs.map(r => <option key={r.id}>{r.id}</option>)}</select>} />}
      {bundle?.kind === 'run' && <Field name="Its version" hint={`Empty: what it began with; 0 to ${bundle.run.version}: go on from what it published`}
        input={p => <input {...p} type="number" min={0} max={bundle.run.version} value={bundle.version} onInput={e => set({ ...bundle, version: e.currentTarget.value })} />} />}
      {bundle && <p class="chosen"><Icon name="check" /><span>Base <code title={base}>{short(base)}</code>{bundle.kind === 'files' && `, ${bytes(Object.values(bundle.files).reduce((n, f) => n + f.size, 0))} to upload`}</span></p>}
    </>
  );
}

async function read(files: File[]): Promise<Bundle> {
  const find = (name: string) => {
    const file = files.find(f => f.name === name);
    if (!file) throw new Error(`${name} is missing; “federated adapter init” writes it beside the others.`);
    return file;
  };
  const base = (JSON.parse(await find('init.json').text().then(notEmpty)) as { base?: string }).base;
  if (!base) throw new Error('init.json names no base; it was not written by “federated adapter init”.');
  const parts = Object.keys(fileNames) as Part[];
  return { kind: 'files', base, files: Object.fromEntries(parts.map(p => [p, find(fileNames[p])])) as Record<Part, File> };
}

const notEmpty = (text: string): string => {
  if (!text.trim().startsWith('{')) throw new Error('init.json is no JSON object.');
  return text;
};
