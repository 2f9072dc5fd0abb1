import { treeDigest } from '../../api/digest';
import { put } from '../../api/rest';
import { Problem } from '../../api/problem';
import type { Run } from '../../api/types';
import { fields, type FieldSpec } from './fields';

/** What the form holds, by path; numbers as they were typed, because an empty field means something. */
export interface Draft { values: Record<string, string>; bundle: Bundle | null }

/** Base and the three files of an adapter: as files to upload, or as digests that the coordinator holds; or a published version. */
export type Bundle =
  | { kind: 'files'; base: string; files: Record<Part, File> }
  | { kind: 'run'; run: Run; version: string };

export type Part = 'schema' | 'plan' | 'version0';

export const fileNames: Record<Part, string> = { schema: 'schema.json', plan: 'plan.json', version0: 'version0.safetensors' };

export const begin = (): Draft => ({ values: Object.fromEntries(fields.map(f => [f.path, f.start ?? (f.kind === 'choice' ? f.options[0]![0] : '')])), bundle: null });

/** What is wrong, by the path of the field; `bundle` for the adapter. */
export type Wrong = Record<string, string>;

const id = /^[a-z0-9][a-z0-9._-]{0,62}$/;

const clientsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** Whether a setting counts: what it depends on has the value, and counts itself. */
export function isShown(field: FieldSpec, values: Draft['values']): boolean {
  const when = field.when;
  if (!when) return true;
  const value = values[when.path] ?? '';
  const cause = fields.find(f => f.path === when.path);
  return (when.is ? when.is.includes(value) : value.trim() !== '') && (!cause || isShown(cause, values));
}

/** What the server would refuse and a page can know. */
export function wrongIn({ values, bundle }: Draft, runs: readonly Run[]): Wrong {
  const wrong: Wrong = {};
  if (!bundle) wrong.bundle = 'Choose the folder that “adapter init” wrote, or the adapter of an earlier run.';
  for (const field of fields.filter(f => isShown(f, values))) {
    const found = wrongOf(field, values[field.path]!.trim(), runs);
    if (found) wrong[field.path] = found;
  }
  if (!wrong['cohort.size'] && !values['cohort.size'] && !values.clients) wrong['cohort.size'] = 'How many clients a round asks must be given where everybody may join.';
  return wrong;
}

function wrongOf(field: FieldSpec, text: string, runs: readonly Run[]): string | undefined {
  switch (field.kind) {
    case 'whole': case 'number': return numberWrong(field, text);
    case 'clients': {
      const bad = clientsOf(text).find(c => !id.test(c));
      return bad && `“${bad}” is no client id.`;
    }
    case 'rule': return ruleOf(text) === undefined ? 'A name, or an object with a name, is expected.' : undefined;
    case 'strategy': return text ? undefined : 'Choose how updates are combined.';
    case 'text': return field.path === 'name' ? nameWrong(text, runs) : undefined;
    default: return undefined;
  }
}

function nameWrong(name: string, runs: readonly Run[]): string | undefined {
  if (!name) return 'A run needs a name.';
  if (!id.test(name)) return `“${name}” is no name: 1 to 63 lower-case letters, digits, dot, dash or underline, a letter or digit first.`;
  return runs.some(r => r.id === name) ? `There is a run “${name}”; names are never used again.` : undefined;
}

function numberWrong(field: FieldSpec & { kind: 'whole' | 'number' }, text: string): string | undefined {
  if (text === '' && !field.required) return undefined;
  const value = Number(text);
  const whole = field.kind === 'number' || Number.isInteger(value);
  if (text !== '' && Number.isFinite(value) && whole && value >= field.min && value <= field.max && !(field.above && value === field.min)) return undefined;
  const limits = field.max === Number.MAX_VALUE ? 'a number above 0 is allowed' : `${field.above ? 'above ' : ''}${said(field.min)} to ${said(field.max)} is allowed`;
  return `${text === '' ? 'Nothing is given' : `“${text}” is given`}; ${limits}.`;
}

// Small limits would be rounded to nothing.
const said = (limit: number): string => limit !== 0 && Math.abs(limit) < 0.01 ? String(limit) : limit.toLocaleString('en');

/** A rule's name, or its object; null for nothing, undefined for what is neither. */
function ruleOf(text: string): unknown {
  if (text === '') return null;
  if (!text.startsWith('{')) return text;
  try {
    const rule = JSON.parse(text) as { name?: unknown };
    return typeof rule.name === 'string' ? rule : undefined;
  } catch {
    return undefined;
  }
}

/** The RunSpec of docs/runs.md; files go up first, because a run names them by digest. */
export async function specOf({ values, bundle }: Draft): Promise<object> {
  const spec: Record<string, unknown> = await startOf(bundle!);
  for (const field of fields.filter(f => isShown(f, values) && !f.path.endsWith('.on'))) {
    const value = valueOf(field, values[field.path]!.trim());
    if (value !== undefined) place(spec, field.path.split('.'), value);
  }
  return spec;
}

function valueOf(field: FieldSpec, text: string): unknown {
  if (text === '') return undefined;
  switch (field.kind) {
    case 'whole': case 'number': return Number(text);
    case 'clients': return clientsOf(text);
    case 'rule': return ruleOf(text);
    case 'flag': return true;
    default: return text;
  }
}

function place(into: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) into[key!] = value;
  else place((into[key!] ??= {}) as Record<string, unknown>, rest, value);
}

async function startOf(bundle: Bundle): Promise<Record<string, unknown>> {
  if (bundle.kind === 'files') return { base: bundle.base, ...await upload(bundle.files) };
  const { base, schema, plan, version0 } = bundle.run.spec;
  const warm = bundle.version.trim() !== '' || !version0;
  return { base, schema, plan, ...warm ? { warmStart: { run: bundle.run.id, version: Number(bundle.version || 0) } } : { version0 } };
}

async function upload(files: Record<Part, File>): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const part of Object.keys(fileNames) as Part[]) {
    const digest = await treeDigest(files[part]);
    await put(`/blobs/${digest}`, files[part]);
    digests[part] = digest;
  }
  return digests;
}

const adapterPaths = ['base', 'schema', 'plan', 'version0', 'warmStart'];

/** A refusal of the coordinator, sentence by sentence, at the fields that it names; what names none is left to the form's end. */
export function wrongFrom(error: Error): Wrong {
  if (!(error instanceof Problem)) return {};
  const byCode: Record<string, string> = { F103: 'name', F503: 'strategy', F508: 'bundle', F405: 'bundle', F407: 'bundle' };
  const wrong: Wrong = {};
  for (const sentence of error.message.split(/(?<=\.) (?=run[.:])/)) {
    const path = /^run\.([A-Za-z0-9.]*[A-Za-z0-9])/.exec(sentence)?.[1];
    const field = path && (adapterPaths.includes(path.split('.')[0]!) ? 'bundle' : fields.find(f => f.path === path)?.path ?? fields.find(f => f.path.startsWith(`${path}.`))?.path);
    if (field) wrong[field] = sentence;
  }
  if (Object.keys(wrong).length === 0 && byCode[error.code]) wrong[byCode[error.code]!] = error.message;
  return wrong;
}
