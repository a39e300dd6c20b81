package dev.sextant.bench.peak;

/// Plain Java loops that move memory, for a bandwidth to hold kernels against: `out[i] = in[i]` as far as both reach,
/// then what remains is only read, or only written. Integers, because C2 vectorises their sums.
final class CopyLoop {
    private CopyLoop() {
    }

    static int copy(int[] in, int[] out, int from, int to) {
        for (int i = from; i < to; i++) {
            out[i] = in[i];
        }
        return out[from];
    }

    static int read(int[] in, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += in[i];
        }
        return sum;
    }

    static int write(int[] out, int from, int to, int value) {
        for (int i = from; i < to; i++) {
            out[i] = value;
        }
        return out[from];
    }
}
