extension DigitStyle {
  static let four = [
    // Open: a corner, and a stem beside it.
    DigitStyle(
      weight: 3,
      points: [
        0.1, 0.03, 0.04, 0.3, 0.02, 0.52, 0.3, 0.55, 0.62, 0.5, 0.55, 0, 0.53, 0.5, 0.5, 1,
      ],
      strokes: [[0, 1, 2], [2, 3, 4], [5, 6, 7]]),
    // Open and round, like a u with a long stem.
    DigitStyle(
      weight: 2,
      points: [
        0.06, 0.05, 0, 0.28, 0.08, 0.47, 0.3, 0.5, 0.5, 0.38, 0.6, 0.03, 0.54, 0.5, 0.48, 1,
      ],
      strokes: [[0, 1, 2, 3, 4], [5, 4, 6, 7]]),
    // Closed: a slope, a bar and a stem from the top.
    DigitStyle(
      weight: 1.2,
      points: [
        0.5, 0, 0.25, 0.33, 0, 0.64, 0.35, 0.64, 0.75, 0.62, 0.5, 0.5, 0.5, 1,
      ],
      strokes: [[0, 1, 2], [2, 3, 4], [0, 5, 6]]),
    // A bar that reaches far beyond the stem.
    DigitStyle(
      weight: 1,
      points: [
        0.16, 0.02, 0.08, 0.27, 0, 0.5, 0.4, 0.5, 0.85, 0.45, 0.5, 0.18, 0.46, 0.6, 0.42, 1,
      ],
      strokes: [[0, 1, 2], [2, 3, 4], [5, 6, 7]]),
    // In one go: the bar turns up into the stem's top.
    DigitStyle(
      weight: 0.4,
      points: [
        0.12, 0, 0.02, 0.35, 0.12, 0.5, 0.38, 0.45, 0.56, 0.22, 0.58, 0.06, 0.55, 0.45, 0.5, 1,
      ],
      strokes: [[0, 1, 2, 3, 4, 5], [5, 6, 7]]),
  ]

  static let five = [
    // Stem, bowl, and the bar on top.
    DigitStyle(
      weight: 3,
      points: [
        0.14, 0.03, 0.1, 0.22, 0.07, 0.42, 0.3, 0.38, 0.54, 0.52, 0.55, 0.8, 0.3, 1, 0, 0.92,
        0.38, 0.02, 0.68, 0,
      ],
      strokes: [[0, 1, 2], [2, 3, 4, 5, 6, 7], [0, 8, 9]]),
    // In one go, round like an S.
    DigitStyle(
      weight: 1.5,
      points: [
        0.66, 0.02, 0.4, 0.03, 0.2, 0.08, 0.14, 0.28, 0.3, 0.42, 0.5, 0.58, 0.52, 0.82, 0.28, 0.99,
        0, 0.93,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // The bar high on the right, detached.
    DigitStyle(
      weight: 1,
      points: [
        0.2, 0.12, 0.15, 0.3, 0.12, 0.46, 0.34, 0.44, 0.5, 0.6, 0.45, 0.88, 0.22, 1, 0, 0.88, 0.3, 0.1,
        0.6, 0.05, 0.9, 0,
      ],
      strokes: [[0, 1, 2], [2, 3, 4, 5, 6, 7], [8, 9, 10]]),
    // Slanted back with a small bowl.
    DigitStyle(
      weight: 1,
      points: [
        0.75, 0, 0.48, 0.03, 0.28, 0.05, 0.2, 0.24, 0.14, 0.44, 0.38, 0.48, 0.48, 0.68, 0.36, 0.92,
        0.14, 0.99, 0, 0.86,
      ],
      strokes: [[0, 1, 2], [2, 3, 4], [4, 5, 6, 7, 8, 9]]),
    // A large bowl that curls in.
    DigitStyle(
      weight: 1.5,
      points: [
        0.1, 0, 0.06, 0.2, 0.04, 0.38, 0.28, 0.3, 0.55, 0.42, 0.62, 0.7, 0.42, 0.97, 0.15, 0.98,
        0.02, 0.82, 0.35, 0, 0.62, 0.02,
      ],
      strokes: [[0, 1, 2], [2, 3, 4, 5, 6, 7, 8], [0, 9, 10]]),
    // A short bar that rises.
    DigitStyle(
      weight: 0.8,
      points: [
        0.12, 0.1, 0.1, 0.26, 0.1, 0.42, 0.32, 0.42, 0.46, 0.6, 0.42, 0.86, 0.22, 1, 0, 0.94,
        0.32, 0.06, 0.56, 0,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7], [0, 8, 9]]),
    // A large bowl under a long bar.
    DigitStyle(
      weight: 1,
      points: [
        0.15, 0.04, 0.1, 0.25, 0.05, 0.45, 0.3, 0.36, 0.58, 0.5, 0.58, 0.78, 0.35, 1, 0.02, 0.95,
        0.5, 0.05, 0.85, 0,
      ],
      strokes: [[0, 1, 2], [2, 3, 4, 5, 6, 7], [0, 8, 9]]),
    // A narrow S.
    DigitStyle(
      weight: 0.8,
      points: [
        0.5, 0, 0.2, 0.04, 0.12, 0.25, 0.3, 0.42, 0.42, 0.66, 0.28, 0.94, 0, 1,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6]]),
  ]

  static let six = [
    // A long arc that closes into a loop.
    DigitStyle(
      weight: 3,
      points: [
        0.48, 0, 0.22, 0.24, 0.04, 0.56, 0.06, 0.86, 0.28, 1, 0.52, 0.88, 0.54, 0.65, 0.34, 0.54,
        0.12, 0.68, 0.07, 0.8,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // A straight stem.
    DigitStyle(
      weight: 1.5,
      points: [
        0.22, 0, 0.1, 0.3, 0.02, 0.62, 0.06, 0.9, 0.26, 1, 0.45, 0.86, 0.44, 0.64, 0.26, 0.56,
        0.06, 0.72,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
    // Flat and wide with a small loop.
    DigitStyle(
      weight: 1,
      points: [
        0.55, 0.05, 0.25, 0.2, 0.03, 0.55, 0.1, 0.88, 0.4, 1, 0.72, 0.92, 0.78, 0.74, 0.55, 0.64,
        0.3, 0.74, 0.18, 0.92,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // The loop is not closed.
    DigitStyle(
      weight: 1,
      points: [
        0.42, 0, 0.16, 0.28, 0.02, 0.62, 0.1, 0.93, 0.33, 0.99, 0.5, 0.82, 0.42, 0.63, 0.22, 0.66,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7]]),
    // A large loop.
    DigitStyle(
      weight: 1.5,
      points: [
        0.3, 0, 0.1, 0.25, 0, 0.6, 0.08, 0.9, 0.33, 1, 0.6, 0.85, 0.62, 0.58, 0.42, 0.42, 0.18, 0.52,
        0.06, 0.72,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // Begun with a curve.
    DigitStyle(
      weight: 1,
      points: [
        0.56, 0.12, 0.42, 0, 0.2, 0.15, 0.04, 0.5, 0.08, 0.88, 0.3, 1, 0.52, 0.85, 0.5, 0.62, 0.3, 0.54,
        0.1, 0.68,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // The loop curls into itself.
    DigitStyle(
      weight: 0.8,
      points: [
        0.46, 0, 0.2, 0.24, 0.03, 0.56, 0.08, 0.88, 0.3, 1, 0.52, 0.86, 0.52, 0.66, 0.36, 0.56,
        0.2, 0.66, 0.24, 0.8,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // The loop stands inside a wide foot.
    DigitStyle(
      weight: 1.2,
      points: [
        0.1, 0, 0.02, 0.35, 0, 0.7, 0.14, 0.98, 0.45, 0.98, 0.68, 0.78, 0.6, 0.52, 0.4, 0.55, 0.3, 0.8,
        0.34, 0.95,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    // Like a b.
    DigitStyle(
      weight: 1,
      points: [
        0.05, 0, 0.02, 0.4, 0.04, 0.85, 0.25, 1, 0.5, 0.88, 0.55, 0.62, 0.38, 0.48, 0.12, 0.62,
        0.05, 0.8,
      ],
      strokes: [[0, 1, 2, 3, 4, 5, 6, 7, 8]]),
  ]
}
