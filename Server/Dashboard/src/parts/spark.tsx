/** A curve without axes, beside the number that it leads to. */
export function Spark({ values, label }: { values: (number | null)[]; label: string }) {
  const known = values.filter(v => v !== null);
  if (known.length < 2) return null;
  const [min, max] = [Math.min(...known), Math.max(...known)];
  const [width, height] = [120, 32];
  const points = known.map((v, i) => `${(i / (known.length - 1) * width).toFixed(1)},${(height - 2 - (v - min) / (max - min || 1) * (height - 4)).toFixed(1)}`);
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} preserveAspectRatio="none">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
