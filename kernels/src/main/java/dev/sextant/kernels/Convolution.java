package dev.sextant.kernels;

import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.driver.CudaFunction.Dim;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.gemm.SumParts;

/// Launches the rungs of the convolution ladder. All arrays are dense; addresses are those of their first elements.
final class Convolution {
    private static final int TILE_COLUMNS = 128;
    private static final int FILTER_THREADS = 128;
    private static final long MOST_PATCH_BYTES = 256L << 20;

    private final Modules modules;
    private final DeviceMemory memory;
    private final Sgemm sgemm;
    private final PartialSums parts;
    private volatile long patchBytes = MOST_PATCH_BYTES;

    Convolution(Modules modules, DeviceMemory memory, Sgemm sgemm) {
        this.modules = modules;
        this.memory = memory;
        this.sgemm = sgemm;
        this.parts = new PartialSums(modules, memory);
    }

    /// The patch matrix is made for as many images at a time as fit into this, at least one.
    void limitPatches(long bytes) {
        patchBytes = bytes;
    }

    /// `y = x ⋆ w`, without bias and activation.
    void forward(ConvAlgorithm algorithm, ConvProblem g, long x, long w, long y) {
        switch (algorithm) {
            case DIRECT -> modules.launch("conv_direct", "conv_direct_forward", g.outputs(),
                    begin(g).pointer(x).pointer(w).pointer(y));
            case IM2COL -> withPatches(g, x, (part, first, patches) -> sgemm.run(outputProduct(part), w, patches,
                    y + 4L * first * g.k() * g.p() * g.q()));
            case IMPLICIT_GEMM -> implicit("conv_implicit_forward", g, g.k() / g.groups(),
                    (long) g.n() * g.p() * g.q(), g.taps(), w, x, new Result(y, g.outputs(), false));
            case WINOGRAD -> winograd(g, x, w, false, y, false);
        }
    }

    /// `dx (+)= dz ⋆ᵀ w`.
    void backwardData(ConvAlgorithm algorithm, ConvProblem g, long dz, long w, long dx, boolean add) {
        switch (algorithm) {
            case DIRECT -> modules.launch("conv_direct", "conv_direct_backward_data", g.inputs(),
                    begin(g).pointer(dz).pointer(w).pointer(dx).int32(add ? 1 : 0));
            case IM2COL -> {
                if (g.isPointwise()) {
                    sgemm.run(patchProduct(g, add), w, dz, dx);
                } else {
                    inChunks(g, (part, first, patches) -> {
                        sgemm.run(patchProduct(part, false), w, dz + 4L * first * g.k() * g.p() * g.q(), patches);
                        modules.launch("conv_im2col", "col2im", part.inputs(), begin(part).pointer(patches)
                                .pointer(dx + 4L * first * g.c() * g.h() * g.w()).int32(add ? 1 : 0));
                    });
                }
            }
            case WINOGRAD -> winograd(g.ofInputGradient(), dz, w, true, dx, add);
            case IMPLICIT_GEMM -> implicit("conv_implicit_backward_data", g, g.c() / g.groups(),
                    (long) g.n() * g.h() * g.w(), (long) g.k() / g.groups() * g.r() * g.s(), w, dz,
                    new Result(dx, g.inputs(), add));
        }
    }

    /// `dw (+)= x ⋆ dz`, summed over the batch.
    void backwardFilter(ConvAlgorithm algorithm, ConvProblem g, long dz, long x, long dw, boolean add) {
        switch (algorithm) {
            case DIRECT -> modules.function("conv_direct", "conv_direct_backward_filter").launch(
                    Dim.of(g.k() * g.taps()), Dim.of(FILTER_THREADS),
                    begin(g).pointer(dz).pointer(x).pointer(dw).int32(add ? 1 : 0));
            case IM2COL -> withPatches(g, x, (part, first, patches) -> {
                // One product per image, added up in the order of the images.
                for (int i = 0; i < part.n(); i++) {
                    sgemm.run(new GemmProblem(g.k() / g.groups(), g.taps(), g.p() * g.q(), new int[] {g.groups()},
                            new int[] {g.p() * g.q(), 1, g.k() / g.groups() * g.p() * g.q()},
                            new int[] {1, g.p() * g.q(), g.taps() * g.p() * g.q()},
                            new int[] {g.taps(), 1, g.k() / g.groups() * g.taps()}, add || first + i > 0),
                            dz + 4L * (first + i) * g.k() * g.p() * g.q(), patches + 4L * i * g.patches(), dw);
                }
            });
            case IMPLICIT_GEMM, WINOGRAD -> implicit("conv_implicit_backward_filter", g, g.k() / g.groups(),
                    g.taps(), (long) g.n() * g.p() * g.q(), dz, x,
                    new Result(dw, (long) g.k() * g.taps(), add));
        }
    }

    private static LaunchParameters begin(ConvProblem g) {
        return LaunchParameters.begin().struct(g.fields());
    }

    /// Where a product goes: its address, its elements, and whether it is added to what is there.
    private record Result(long address, long elements, boolean add) {
    }

    private void implicit(String kernel, ConvProblem g, int rows, long columns, long depth, long a, long b,
            Result result) {
        if (result.elements == 0) {
            return;
        }
        // The higher tile reads less for each product; it is taken where it is no more than a quarter padding.
        int tileRows = 3 * 64 * Math.ceilDiv(rows, 64) <= 4 * rows ? 64 : 32;
        var tiles = new Dim(Math.toIntExact(Math.ceilDiv(columns, TILE_COLUMNS)), Math.ceilDiv(rows, tileRows),
                g.groups());
        String tiled = tileRows == 64 ? kernel : kernel + "_32";
        parts.run(SumParts.of((long) tiles.x() * tiles.y() * tiles.z(), depth), result.address, result.elements,
                result.add, (cut, to, add) -> modules.function("conv_implicit", tiled).launch(
                        new Dim(tiles.x(), tiles.y(), tiles.z() * cut.parts()), Dim.of(4 * tileRows),
                        begin(g).pointer(a).pointer(b).pointer(to).int32(add ? 1 : 0).int32(cut.depth())
                                .int32(Math.toIntExact(result.elements))));
    }

    /// `y = w · patches`, for each image and group.
    private static GemmProblem outputProduct(ConvProblem g) {
        return new GemmProblem(g.k() / g.groups(), g.p() * g.q(), g.taps(), new int[] {g.n(), g.groups()},
                new int[] {g.taps(), 1, 0, g.k() / g.groups() * g.taps()}, stridesOfPatches(g), stridesOfOutput(g),
                false);
    }

    /// `patches (+)= wᵀ · dz`, for each image and group.
    private static GemmProblem patchProduct(ConvProblem g, boolean add) {
        return new GemmProblem(g.taps(), g.p() * g.q(), g.k() / g.groups(), new int[] {g.n(), g.groups()},
                new int[] {1, g.taps(), 0, g.k() / g.groups() * g.taps()}, stridesOfOutput(g), stridesOfPatches(g),
                add);
    }

    private static int[] stridesOfPatches(ConvProblem g) {
        return new int[] {g.p() * g.q(), 1, Math.toIntExact(g.patches()), g.taps() * g.p() * g.q()};
    }

    private static int[] stridesOfOutput(ConvProblem g) {
        return new int[] {g.p() * g.q(), 1, g.k() * g.p() * g.q(), g.k() / g.groups() * g.p() * g.q()};
    }

    @FunctionalInterface
    private interface Chunk {
        void run(ConvProblem part, int firstImage, long patches);
    }

    /// Makes the patches of some images at a time. Those of a 1×1 convolution are the images as they lie.
    private void withPatches(ConvProblem g, long x, Chunk chunk) {
        if (g.isPointwise()) {
            chunk.run(g, 0, x);
            return;
        }
        inChunks(g, (part, first, patches) -> {
            modules.launch("conv_im2col", "im2col", part.n() * part.patches(), begin(part)
                    .pointer(x + 4L * first * g.c() * g.h() * g.w()).pointer(patches));
            chunk.run(part, first, patches);
        });
    }

    private void inChunks(ConvProblem g, Chunk chunk) {
        int images = Math.clamp(patchBytes / (4 * g.patches()), 1, g.n());
        try (var workspace = memory.workspace(4 * images * g.patches())) {
            for (int first = 0; first < g.n(); first += images) {
                chunk.run(g.images(Math.min(images, g.n() - first)), first, workspace.address());
            }
        }
    }

    private void winograd(ConvProblem g, long x, long w, boolean turned, long y, boolean add) {
        long filters = 16L * g.k() * g.c();
        long perImage = 16L * (g.c() + g.k()) * g.images(1).winogradTiles();
        int images = Math.clamp(patchBytes / Math.max(1, 4 * perImage), 1, Math.max(1, g.n()));
        try (var workspace = memory.workspace(4 * (filters + images * perImage))) {
            long u = workspace.address();
            modules.launch("conv_winograd", "winograd_filter", (long) g.k() * g.c(),
                    begin(g).pointer(w).int32(turned ? 1 : 0).pointer(u));
            for (int first = 0; first < g.n(); first += images) {
                winogradImages(g.images(Math.min(images, g.n() - first)), x + 4L * first * g.c() * g.h() * g.w(), u,
                        y + 4L * first * g.k() * g.p() * g.q(), add);
            }
        }
    }

    /// Some images with the transformed filters `u`, in the workspace behind them.
    private void winogradImages(ConvProblem g, long x, long u, long y, boolean add) {
        int tiles = g.winogradTiles();
        long v = u + 4 * 16L * g.k() * g.c();
        long m = v + 4 * 16L * g.c() * tiles;
        modules.launch("conv_winograd", "winograd_input", (long) g.c() * tiles, begin(g).pointer(x).pointer(v));
        sgemm.run(new GemmProblem(g.k(), tiles, g.c(), new int[] {16}, new int[] {g.c(), 1, g.k() * g.c()},
                new int[] {tiles, 1, g.c() * tiles}, new int[] {tiles, 1, g.k() * tiles}, false), u, v, m);
        modules.launch("conv_winograd", "winograd_output", (long) g.k() * tiles,
                begin(g).pointer(m).pointer(y).int32(add ? 1 : 0));
    }
}
