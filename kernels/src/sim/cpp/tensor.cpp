// tensor.cpp -- the tensor-core instruction of tensor.cuh, m16n8k8 in TF32. Products are exact. NVIDIA leaves order and
// rounding of the sums open; here they are truncated once per instruction, as measured on A100 (Fasi et al. 2021, "Numerical
// behavior of NVIDIA tensor cores"): the unfavourable case.
#include "sim.h"
#include <cmath>
#include <cstring>

namespace {

bool isTf32(float v) {
    unsigned bits;
    memcpy(&bits, &v, 4);
    return (bits & 0x1fff) == 0 || !std::isfinite(v);
}

float towardsZero(double v) {
    auto f = (float) v;
    return std::fabs((double) f) > std::fabs(v) && std::isfinite(v) ? std::nextafterf(f, 0.0f) : f;
}

}  // namespace

std::string multiplyTf32(const Fragments (&lanes)[32]) {
    float a[16][8], b[8][8];
    for (int lane = 0; lane < 32; lane++) {
        const int g = lane / 4, t = lane % 4;
        const Fragments& f = lanes[lane];
        for (int i = 0; i < 4; i++) {
            a[g + i % 2 * 8][t + i / 2 * 4] = f.a[i];
        }
        b[t][g] = f.b[0];
        b[t + 4][g] = f.b[1];
        for (float v : {f.a[0], f.a[1], f.a[2], f.a[3], f.b[0], f.b[1]}) {
            if (!isTf32(v)) {
                return text("lane %d gives %.9g to a tensor core, which was not rounded to TF32", lane, v);
            }
        }
    }
    for (int lane = 0; lane < 32; lane++) {
        for (int i = 0; i < 4; i++) {
            const int m = lane / 4 + i / 2 * 8, n = lane % 4 * 2 + i % 2;
            double sum = lanes[lane].d[i];
            for (int k = 0; k < 8; k++) {
                sum += (double) a[m][k] * b[k][n];
            }
            lanes[lane].d[i] = towardsZero(sum);
        }
    }
    return "";
}
