package dev.sextant.engine.cpu.simd;

/// The block without the Vector API: plain loops whose innermost one the compiler can vectorise, with the same chain
/// of fused multiply-adds and therefore the same bits.
final class ScalarTile extends Tile {
    private static final int ROWS = 4;
    private static final int COLUMNS = 16;

    ScalarTile() {
        super(ROWS, COLUMNS);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add) {
        float[] sums = Scratch.ofThread().floats(Scratch.TILE_SUMS, ROWS * COLUMNS);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                sums[i * COLUMNS + j] = 0;
            }
        }
        for (int k = 0; k < depth; k++) {
            for (int i = 0; i < ROWS; i++) {
                float aik = a[ao + k * ROWS + i];
                for (int j = 0; j < COLUMNS; j++) {
                    sums[i * COLUMNS + j] = Math.fma(aik, b[bo + k * COLUMNS + j], sums[i * COLUMNS + j]);
                }
            }
        }
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                float sum = sums[i * COLUMNS + j];
                c[co + i * ldc + j] = add ? sum + c[co + i * ldc + j] : sum;
            }
        }
    }
}
