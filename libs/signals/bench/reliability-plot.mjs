// A reliability plot as SVG: what was said (across) against how often it was so (up), a line for each set.
const SIZE = 360;
const EDGE = 46;
const COLOURS = ['#1b6ca8', '#c8553d', '#3a7d44', '#7d5ba6', '#8a6d3b'];

export const reliabilityPlot = (sets) => {
  const x = (value) => (EDGE + value * SIZE).toFixed(1);
  const y = (value) => (EDGE / 2 + (1 - value) * SIZE).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const text = (at, up, words, extra = '') => `<text x="${at}" y="${up}" font-size="12" ${extra}>${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE + 2 * EDGE + 60} ${SIZE + 2 * EDGE}" font-family="sans-serif" fill="#222">`,
    `<rect width="100%" height="100%" fill="#fff"/><rect x="${EDGE}" y="${EDGE / 2}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>`,
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#bbb" stroke-dasharray="4 4"/>`,
    ...ticks.flatMap((tick) => [text(x(tick), EDGE / 2 + SIZE + 16, tick, 'text-anchor="middle"'), text(EDGE - 6, Number(y(tick)) + 4, tick, 'text-anchor="end"')]),
    text(x(0.5), EDGE / 2 + SIZE + 36, 'mean probability of a tenth of the turns', 'text-anchor="middle"'),
    text(14, y(0.5), 'share that people called failed', `text-anchor="middle" transform="rotate(-90 14 ${y(0.5)})"`),
    ...sets.flatMap(({ name, bins }, i) => {
      const colour = COLOURS[i % COLOURS.length];
      const points = bins.map(({ meanProbability, failureRate }) => [x(meanProbability), y(failureRate)]);
      return [
        `<polyline points="${points.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
        ...points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`),
        text(x(1.03), EDGE + i * 18, name, `fill="${colour}"`),
      ];
    }),
    '</svg>\n',
  ].join('\n');
};
