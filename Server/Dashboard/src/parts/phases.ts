const names: Record<string, string> = {
  collect: 'Collecting', fold: 'Aggregating', publish: 'Publishing',
  download: 'Download', train: 'Training', encode: 'Encoding', upload: 'Upload', evaluate: 'Evaluation', work: 'Assigned to accepted',
};

/** What a phase of a round or of a client's work is called. */
export const phaseName = (phase: string): string => names[phase] ?? phase;
