// members.cuh -- sums over the members of each number of a dense array [outer, numbers, inner]: a channel's elements, a
// row's. They are cut into parts of `depth`, so that few numbers fill a device too: block (number, part) adds up one
// part, and whoever needs the sum adds the parts in their order. Mirrors dev.sextant.kernels.Members.
#pragma once

#define THREADS 256

struct Members {
    int numbers, inner, each, depth;        // each = outer * inner members of a number
};

// A thread's place in its block's part.
struct Walk {
    int left;                               // members up to the part's end, this one included
    int column;                             // of inner
    long long at;                           // the element
};

__device__ __forceinline__ Walk firstMember(const Members& m) {
    const unsigned start = blockIdx.y * m.depth, j = start + threadIdx.x, row = j / m.inner;
    const int column = j % m.inner;
    return {min(m.depth, (int) (m.each - start)) - (int) threadIdx.x, column,
        ((long long) row * m.numbers + blockIdx.x) * m.inner + column};
}

// Members are a block's width apart: whole rows and a rest, which may reach into one row more. So only a thread's first
// member needs a division.
__device__ __forceinline__ void step(const Members& m, Walk& w) {
    const int rows = THREADS / m.inner, rest = THREADS % m.inner;
    const long long row = (long long) m.numbers * m.inner;
    w.left -= THREADS;
    w.column += rest;
    w.at += rows * row + rest;
    if (w.column >= m.inner) {
        w.column -= m.inner;
        w.at += row - m.inner;
    }
}

#define EACH_MEMBER(w, m) for (Walk w = firstMember(m); w.left > 0; step(m, w))

// The block's sum, for everybody, folded in a fixed tree.
template <typename T>
__device__ __forceinline__ T foldBlock(T* partial, T v) {
    const int t = threadIdx.x;
    __syncthreads();                        // nobody reads the last fold any more
    partial[t] = v;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) {
            partial[t] += partial[t + half];
        }
    }
    __syncthreads();
    return partial[0];
}
