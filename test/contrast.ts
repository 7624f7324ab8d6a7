/** How far two colours are from each other, computed in a page: what the checks of pages share. */

/** Code that gives a page's script `channels`, a colour's numbers, and `contrastOf`, the ratio of WCAG 2.2 (1.4.3). */
export const contrastCode = `
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrastOf = (ink, paper) => {
    const [a, b] = [light(ink), light(paper)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };`;
