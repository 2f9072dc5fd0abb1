// What the REST interface answers, as far as this page reads it (docs/rest.md).

export type Phase = 'Idle' | 'Selecting' | 'Collecting' | 'Aggregating' | 'Publishing' | 'Failed' | 'Completed' | 'Stopped';

export interface Run {
  id: string;
  phase: Phase;
  round: number;
  rounds: number;
  attempt: number;
  paused: boolean;
  strategy: string;
  joined: string[];
  version: number;
  accepted: number;
  lastError?: string | null;
  spec: RunSpec;
  specDigest: string;
  createdMs?: number;
}

export interface RunSpec {
  name: string;
  base: string;
  schema: string;
  plan: string;
  version0?: string;
  cohort?: { size: number; quorum: number; minimum: number; deadlineSeconds: number };
  train?: Record<string, unknown>;
  encoding?: string;
  trust?: string;
  [key: string]: unknown;
}

export interface Round {
  round: number;
  attempt: number;
  phase: string;
  versionIn: number;
  versionOut?: number | null;
  startedMs: number;
  collectedMs?: number | null;
  foldedMs?: number | null;
  publishedMs?: number | null;
  seconds?: number | null;
  participations: Participation[];
  counters: { accepted: number; rejected: number; discarded: number };
  diagnostics: GroupDiagnostics[];
  evaluation?: Evaluation | null;
}

export interface Participation {
  client: string;
  state: string;
  samples: number;
  trainingLoss?: number | null;
  bytesUp: number;
  bytesDown: number;
  code?: string | null;
  assignedMs?: number;
  acceptedMs?: number | null;
  phases?: PhaseSpan[] | null;
}

/** A client's download, training, upload or the like as the coordinator heard of it, in its own clock. */
export interface PhaseSpan { phase: string; fromMs: number; toMs: number | null }

export interface GroupDiagnostics {
  group: string;
  contributors: number;
  biasRatio?: number;
  biasPerIncrement?: number;
  removableShare?: number;
  productErrorBefore?: number;
  productErrorAfter?: number;
  correctionSize?: number;
  gramCondition?: number;
  changeNorm?: number;
  fallback?: string;
}

export interface Evaluation { samples: number; correct: number; lossSum: number; open: number; clients: { client: string; samples: number; correct: number; lossSum: number }[] }

export interface Version {
  version: number;
  schema: string;
  plan: string;
  parent?: string | null;
  digest: string;
  publishedMs: number;
  groups: { group: string; digest: string; size: number }[];
}

export interface Client {
  id: string;
  state: string;
  approved?: boolean;
  draining?: boolean;
  revoked?: boolean;
  labels?: Record<string, string>;
  software?: string;
  device?: { kind: string; name: string; memoryBytes: number; threads: number; stepsPerSecond: number };
  methods?: string[];
  encodings?: string[];
  joined?: string[];
  connectedMs?: number;
  lastHeardMs?: number;
  progress?: { assignment: string; phase: string; step: number; steps: number; loss?: number | null } | null;
}

/** A thing that happened, in the order of its sequence. */
export interface FederationEvent {
  sequence: number;
  timeMs: number;
  kind: string;
  run?: string | null;
  round?: number | null;
  client?: string | null;
  code?: string | null;
  data?: Record<string, unknown> | null;
}
