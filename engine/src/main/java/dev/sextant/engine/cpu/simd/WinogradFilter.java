package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;

/// The weights of a convolution as Winograd's products want them,
/// `[panel][part][position][source channel of the part][result lanes of the panel]`.
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
    private static final int LANES = BlockedView.LANES;
    /// Source channels transformed together.
    private static final int PIECE = 16;
    /// Longest chain of multiply-adds; a longer sum is made of several parts, which rounds less.
    private static final int CHAIN = 128;

    /// Parts that the sum over source channels is made of.
    int parts() {
        return Math.ceilDiv(sources, CHAIN);
    }

    /// First source channel of a part (one behind the last for the last part but one).
    int start(int part) {
        return Math.min(sources, part * partLength());
    }

    private int partLength() {
        return Math.ceilDiv(Math.ceilDiv(sources, parts()), PIECE) * PIECE;
    }

    /// From one position to the next: a little more than its weights take, so that positions do not fall on the same
    /// cache sets.
    int position() {
        return partLength() * width + LANES;
    }

    int part() {
        return form.positions() * position();
    }

    int panel() {
        return parts() * part();
    }

    int panels() {
        return Math.ceilDiv(results, width);
    }

    /// Elements of the working memory of a transform, from [Scratch#LEAD] on.
    int room() {
        return PIECE * form.r() * (form.r() + form.n()) * width;
    }

    /// Transforms all weights, part by part from `at` on.
    void transformAll(Workers workers, float[] u, int at) {
        int pieces = partLength() / PIECE;
        workers.run(panels() * parts() * pieces, i -> {
            int part = i / pieces % parts();
            transform(i / pieces / parts(), part, i % pieces, Scratch.ofThread().aligned(Scratch.WORK, room()), u,
                    at + i / pieces * part());
        });
    }

    /// Transforms the weights of a part of a panel: `G·w·Gᵀ`.
    void transform(int panel, int part, float[] work, float[] u, int uo) {
        for (int piece = 0; piece < partLength() / PIECE; piece++) {
            transform(panel, part, piece, work, u, uo);
        }
    }

    /// The same for some source channels of the part, if there are so many.
    private void transform(int panel, int part, int piece, float[] work, float[] u, int uo) {
        int first = start(part) + piece * PIECE;
        int count = Math.min(PIECE, start(part + 1) - first);
        if (count > 0) {
            transformPiece(panel, first, count, work, u, uo + piece * PIECE * width);
        }
    }

    private void transformPiece(int panel, int first, int count, float[] work, float[] u, int to) {
        var points = form.points();
        int n = form.n();
        int r = form.r();
        int taps = Scratch.LEAD;
        int half = taps + PIECE * r * r * width;
        pack(panel, first, count, work, taps);
        int last = turned ? r * r - 1 : 0;
        int step = turned ? -1 : 1;
        for (int lane = 0; lane < width; lane += LANES) {
            for (int s = 0; s < r; s++) {
                points.filter(r, work, taps + (last + step * s) * width + lane, step * r * width, r * r * width, work,
                        half + s * count * width + lane, r * count * width, width, count);
            }
        }
        for (int i = 0; i < n; i++) {
            points.filter(r, work, half + i * r * count * width, count * width, LANES, u, to + i * n * position(),
                    position(), LANES, count * width / LANES);
        }
    }

    /// `[source channel][tap][result lane]`, zero beyond the last result channel.
    private void pack(int panel, int first, int count, float[] to, int at) {
        int taps = form.r() * form.r();
        int real = Math.min(width, results - panel * width);
        int base = w.base() + panel * width * resultStep + first * sourceStep;
        if (sourceStep == taps) {
            Packing.pack(w.data(), base, resultStep, 1, real, count * taps, to, at, width);
        } else {
            for (int c = 0; c < count; c++) {
                Packing.pack(w.data(), base + c * sourceStep, resultStep, 1, real, taps, to, at + c * taps * width,
                        width);
            }
        }
    }
}
