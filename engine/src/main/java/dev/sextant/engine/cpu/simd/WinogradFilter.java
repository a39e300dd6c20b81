package dev.sextant.engine.cpu.simd;

/// The weights of a convolution as Winograd's products want them, `[panel][position][source channel][result lanes]`.
///
/// @param w          the weights
/// @param resultStep from one result channel to the next
/// @param sourceStep from one source channel to the next
/// @param turned     whether the taps are read from the last to the first, as the gradient of the data does
/// @param results    result channels
/// @param sources    source channels
/// @param width      result lanes of a panel
record WinogradFilter(Winograd form, Strides w, int resultStep, int sourceStep, boolean turned, int results,
        int sources, int width) {
    /// Source channels transformed together.
    static final int PIECE = 16;
    private static final int LANES = BlockedView.LANES;

    /// Elements of one position, with a little more than the weights so that positions do not fall on the same cache
    /// sets.
    int position() {
        return sources * width + LANES;
    }

    /// Elements of a panel.
    int panel() {
        return form.positions() * position();
    }

    int panels() {
        return Math.ceilDiv(results, width);
    }

    int pieces() {
        return Math.ceilDiv(sources, PIECE);
    }

    /// Transforms all source channels of a panel.
    void transform(int panel, float[] u, int uo) {
        for (int piece = 0; piece < pieces(); piece++) {
            transform(panel, piece, u, uo);
        }
    }

    /// Transforms some source channels of a panel: `scale·E·w·Eᵀ·scale`.
    void transform(int panel, int piece, float[] u, int uo) {
        var points = form.points();
        int n = form.n();
        int r = form.r();
        int first = piece * PIECE;
        int count = Math.min(PIECE, sources - first);
        var scratch = Scratch.ofThread();
        float[] taps = scratch.floats(Scratch.TILE_SUMS, PIECE * r * r * width);
        float[] half = scratch.floats(Scratch.TILE, n * r * count * width);
        pack(panel, first, count, taps);
        int last = turned ? r * r - 1 : 0;
        int step = turned ? -1 : 1;
        for (int lane = 0; lane < width; lane += LANES) {
            for (int s = 0; s < r; s++) {
                points.evaluate(r, taps, (last + step * s) * width + lane, step * r * width, r * r * width, half,
                        s * count * width + lane, r * count * width, width, count);
            }
        }
        int to = uo + first * width;
        for (int i = 0; i < n; i++) {
            points.evaluate(r, half, i * r * count * width, count * width, LANES, u, to + i * n * position(),
                    position(), LANES, count * width / LANES);
            for (int j = 0; j < n; j++) {
                int at = to + (i * n + j) * position();
                Loops.scale(points.scale[i] * points.scale[j], u, at, u, at, count * width);
            }
        }
    }

    /// `[source channel][tap][result lane]`, zero beyond the last result channel.
    private void pack(int panel, int first, int count, float[] to) {
        int taps = form.r() * form.r();
        int real = Math.min(width, results - panel * width);
        int base = w.base() + panel * width * resultStep + first * sourceStep;
        if (sourceStep == taps) {
            Packing.pack(w.data(), base, resultStep, 1, real, count * taps, to, 0, width);
        } else {
            for (int c = 0; c < count; c++) {
                Packing.pack(w.data(), base + c * sourceStep, resultStep, 1, real, taps, to, c * taps * width, width);
            }
        }
    }
}
