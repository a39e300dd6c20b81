package dev.sextant.engine.cpu.simd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// The register block of convolutions on blocked arrays: some neighbouring pixels of a row by some blocks of result
/// channels. The weights are packed, one vector holding as many result channels as there are lanes; the pixels are read
/// one number at a time through a table of offsets, one entry per source channel and tap, so that nothing like a
/// patch matrix exists.
abstract class PixelTile {
    /// Pixels.
    final int pixels;
    /// Blocks of result channels.
    final int blocks;
    /// Distance between neighbouring pixels of the source.
    final int pixelStride;

    PixelTile(int pixels, int blocks, int pixelStride) {
        this.pixels = pixels;
        this.blocks = blocks;
        this.pixelStride = pixelStride;
    }

    /// `y[pixel i][block j] (+)= Σ_k x[xo + shift[k] + i·pixelStride]·w[k][j]`, `k` from `from` to `to − 1`: a chain of
    /// fused multiply-adds of its own, which is added to `y` at the end.
    ///
    /// @param w      packed `[depth][blocks][lanes]`
    /// @param yPixel distance between result pixels
    /// @param yBlock distance between result blocks
    abstract void run(int from, int to, float[] x, int xo, int[] shift, float[] w, int wo, float[] y, int yo,
            int yPixel,
            int yBlock, boolean add);

    /// Most result blocks of any tile.
    private static final int MOST_BLOCKS = 4;
    private static final PixelTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new PixelTile[] {
            new Avx512PixelTile12x32(), new Avx512PixelTile13x32(), new Avx512PixelTile9x32(),
            new Avx512PixelTile7x32(),
            new Avx512PixelTile6x64(), new Avx512PixelTile5x64(), new Avx512PixelTile4x64(),
            new Avx512PixelTile3x64(), new Avx512PixelTile2x64(), new Avx512PixelTile1x64(),
            new Avx512PixelTile4x32(), new Avx512PixelTile2x32(), new Avx512PixelTile1x32(),
            new Avx512PixelTile24x16(), new Avx512PixelTile12x16(), new Avx512PixelTile6x16(),
            new Avx512PixelTile3x16(), new Avx512PixelTile1x16(), new Avx512PlanarTile12x32(),
            new Avx512PlanarTile6x64(), new Avx512PlanarTile2x64(), new Avx512PlanarTile1x64(),
            new Avx512PlanarTile1x32(),
            new Avx512PlanarTile12x16(), new Avx512PlanarTile1x16()};
        case 8 -> new PixelTile[] {
            new Avx2PixelTile4x16(), new Avx2PixelTile3x24(), new Avx2PixelTile2x16(), new Avx2PixelTile1x32(),
            new Avx2PixelTile1x16(), new Avx2PixelTile8x8(), new Avx2PixelTile1x8(), new Avx2PlanarTile4x16(),
            new Avx2PlanarTile1x16(), new Avx2PlanarTile8x8(), new Avx2PlanarTile1x8()};
        default -> new PixelTile[0];
    };

    /// The one tile for rows of `width` pixels, not wider than the row, that divides the result blocks; of equals the one
    /// with most blocks, since all panels read the pixels.
    static PixelTile forShape(int width, int blocks, int pixelStride) {
        return Arrays.stream(ALL)
                .filter(t -> t.pixelStride == pixelStride && t.pixels <= width && blocks % t.blocks == 0)
                .min(Comparator.<PixelTile>comparingDouble(t -> Math.ceilDiv(width, t.pixels) * t.cost() / t.blocks)
                        .thenComparing(t -> -t.blocks))
                .orElse(null);
    }

    /// Pixels after which a long row is covered the same way again.
    private static final int PERIOD = 24;

    /// Tiles side by side that cover a row of `width` pixels at the least cost.
    ///
    /// @param shifted whether the last may be wider than what remains, though not than the row, to be shifted back to
    ///                end with it
    /// @return null if no tiles fit
    static PixelTile[] cover(int width, int blocks, int pixelStride, boolean shifted) {
        PixelTile[] cover = COVERS.computeIfAbsent(new Row(width, blocks, pixelStride, shifted), _ -> {
            PixelTile[] found = longCover(width, blocks, pixelStride, shifted);
            return found == null ? NONE : found;
        });
        return cover == NONE ? null : cover;
    }

    /// What a cover depends on. The search for one takes longer than a small convolution, so covers are remembered;
    /// there are as many as kinds of rows.
    private record Row(int width, int blocks, int pixelStride, boolean shifted) {
    }

    private static final Map<Row, PixelTile[]> COVERS = new ConcurrentHashMap<>();
    private static final PixelTile[] NONE = {};

    private static PixelTile[] longCover(int width, int blocks, int pixelStride, boolean shifted) {
        int repeats = Math.max(0, width / PERIOD - 2);
        PixelTile[] end = shortCover(width - repeats * PERIOD, blocks, pixelStride, shifted);
        if (repeats == 0 || end == null) {
            return end;
        }
        PixelTile[] period = shortCover(PERIOD, blocks, pixelStride, false);
        var all = new PixelTile[repeats * period.length + end.length];
        for (int i = 0; i < repeats; i++) {
            System.arraycopy(period, 0, all, i * period.length, period.length);
        }
        System.arraycopy(end, 0, all, repeats * period.length, end.length);
        return all;
    }

    private static PixelTile[] shortCover(int width, int blocks, int pixelStride, boolean shifted) {
        double[] least = new double[width + 1];
        PixelTile[] first = new PixelTile[width + 1];
        for (int w = 1; w <= width; w++) {
            least[w] = Double.POSITIVE_INFINITY;
            for (PixelTile t : ALL) {
                if (t.pixelStride == pixelStride && t.blocks == blocks && t.pixels <= (shifted ? width : w)) {
                    double cost = w < t.pixels ? SHIFTED * t.cost() : least[w - t.pixels] + t.cost();
                    if (cost < least[w]) {
                        least[w] = cost;
                        first[w] = t;
                    }
                }
            }
        }
        var cover = new ArrayList<PixelTile>();
        for (int w = width; w > 0; w -= cover.getLast().pixels) {
            if (first[w] == null) {
                return null;
            }
            cover.add(first[w]);
        }
        return cover.toArray(PixelTile[]::new);
    }

    /// What a tile costs whose result goes by way of a place of its own.
    private static final double SHIFTED = 1.5;

    private double cost() {
        return pixels * blocks * Tiles.costPerElement(pixels, blocks * VectorSupport.LANES);
    }

    /// As below for few images, whose weights come from memory: the tile that goes first through a panel waits for them. And
    /// at least `panels` panels, if there are so many blocks.
    static int[] streamed(int blocks, int width, int pixelStride, int panels) {
        return panels(blocks, Math.clamp(blocks / panels, 1, MOST_BLOCKS), b -> {
            PixelTile[] cover = cover(width, b, pixelStride, true);
            if (cover == null) {
                return Double.POSITIVE_INFINITY;
            }
            double first = Arrays.stream(cover).mapToDouble(PixelTile::cost).max().orElse(0);
            return costOf(cover) - first + Math.max(first, STREAM * b);
        });
    }

    /// What it costs to read the weights of a block from memory: 4 bytes a lane at 10 bytes a cycle.
    private static final double STREAM = 15;

    private static double costOf(PixelTile[] cover) {
        return cover == null ? Double.POSITIVE_INFINITY : Arrays.stream(cover).mapToDouble(PixelTile::cost).sum();
    }

    /// How many result blocks to take together, one panel after the other, so that rows of `width` pixels cost least.
    ///
    /// @param shortest the shortest row that occurs besides
    static int[] panels(int blocks, int width, int shortest, int pixelStride, boolean shifted) {
        return panels(blocks, MOST_BLOCKS, b -> shortest < width && cover(shortest, b, pixelStride, shifted) == null
                ? Double.POSITIVE_INFINITY
                : costOf(cover(width, b, pixelStride, shifted)));
    }

    private static int[] panels(int blocks, int most, IntToDoubleFunction cost) {
        double[] costOf = IntStream.rangeClosed(0, most).mapToDouble(b -> b == 0 ? 0 : cost.applyAsDouble(b)).toArray();
        double[] least = new double[blocks + 1];
        int[] last = new int[blocks + 1];
        for (int n = 1; n <= blocks; n++) {
            least[n] = Double.POSITIVE_INFINITY;
            for (int b = 1; b <= Math.min(n, most); b++) {
                if (least[n - b] + costOf[b] <= least[n]) {
                    least[n] = least[n - b] + costOf[b];
                    last[n] = b;
                }
            }
        }
        return IntStream.iterate(blocks, n -> n > 0, n -> n - last[n]).map(n -> last[n]).toArray();
    }
}
