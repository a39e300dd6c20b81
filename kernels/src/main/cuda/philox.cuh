// philox.cuh -- Philox4x32-10 (Salmon et al. 2011), bit for bit that of dev.sextant.engine.random.Philox: key is the
// seed, counter is (index / 4, stream), and element index % 4 of the four results is the number of that index.
#pragma once

struct Philox {
    unsigned seedLow, seedHigh, streamLow, streamHigh;
};

__device__ __forceinline__ unsigned randomBits(const Philox& g, unsigned long long index) {
    unsigned c0 = (unsigned) (index >> 2), c1 = (unsigned) (index >> 34), c2 = g.streamLow, c3 = g.streamHigh;
    unsigned k0 = g.seedLow, k1 = g.seedHigh;
    #pragma unroll
    for (int round = 0; round < 10; round++) {
        const unsigned high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
        const unsigned high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    const unsigned which = (unsigned) (index & 3);
    return which < 2 ? (which == 0 ? c0 : c1) : (which == 2 ? c2 : c3);
}
