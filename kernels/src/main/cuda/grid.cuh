// grid.cuh -- one thread per element, for any number of elements and any 1-D grid.
#pragma once

#define GRID_STRIDE(i, n) \
    for (long long i = blockIdx.x * (long long) blockDim.x + threadIdx.x; i < (n); \
         i += (long long) gridDim.x * blockDim.x)
