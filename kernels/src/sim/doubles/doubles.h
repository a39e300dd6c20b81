// doubles.h -- what the doubles of cuBLAS and cuDNN share. A double answers the functions of NVIDIA's library that are
// called here with plain loops over the simulated device's memory. It is written from NVIDIA's documentation alone,
// shares nothing with the kernels or the engine, and refuses what the documentation does not promise.
#pragma once
#include "driver.h"
#include <cmath>
#include <cstring>
#include <algorithm>
#include <set>

namespace doubles {

// Device memory that a call reads or writes.
struct Argument {
    const char* name;
    const void* pointer;
    uint64_t bytes;
    enum Use { READ, WRITE, UPDATE, SCRATCH } use;      // UPDATE: read too, since beta is not 0
};

inline bool overlap(const Argument& a, const Argument& b) {
    auto x = reinterpret_cast<uint64_t>(a.pointer), y = reinterpret_cast<uint64_t>(b.pointer);
    return a.bytes > 0 && b.bytes > 0 && x < y + b.bytes && y < x + a.bytes;
}

// What is wrong with an argument at this moment, or an empty string.
inline std::string wrong(const char* function, const Argument& a) {
    auto address = reinterpret_cast<uint64_t>(a.pointer);
    if (a.bytes == 0) {
        return "";
    }
    if (address == 0) {
        return text("%s: %s is null, but %lu bytes are needed there", function, a.name, (unsigned long) a.bytes);
    }
    if (address % 4 != 0) {
        return text("%s: %s = %#lx is not aligned to a float", function, a.name, (unsigned long) address);
    }
    std::string where = deviceCheck(address, a.bytes);
    return where.empty() ? "" : text("%s: %s needs %lu bytes of device memory at %#lx: ", function, a.name,
        (unsigned long) a.bytes, (unsigned long) address) + where;
}

// What is wrong with all arguments, or an empty string. In place (the very same address) is allowed only where the
// documentation allows it; anything else that overlaps a result never is.
inline std::string wrong(const char* function, const std::vector<Argument>& arguments, bool inPlace) {
    for (size_t i = 0; i < arguments.size(); i++) {
        std::string what = wrong(function, arguments[i]);
        if (!what.empty()) {
            return what;
        }
        for (size_t j = 0; j < i; j++) {
            const Argument& a = arguments[i];
            const Argument& b = arguments[j];
            bool bothRead = a.use == Argument::READ && b.use == Argument::READ;
            if (!bothRead && overlap(a, b) && !(inPlace && a.pointer == b.pointer)) {
                return text("%s: %s overlaps %s", function, a.name, b.name);
            }
        }
    }
    return "";
}

// Memory that nobody wrote reads as the simulator's filling (memory.cpp); what a library computes from it is noise.
inline void checkWritten(const char* kind, const char* function, const Argument& a) {
    const auto* words = static_cast<const uint32_t*>(a.pointer);
    for (uint64_t i = 0; i < a.bytes / 4; i++) {
        if (words[i] == 0xffc0dead || words[i] == 0xffc0feed) {
            finding(kind, text("%s: element %lu of %s was never written", function, (unsigned long) i, a.name));
            return;
        }
    }
}

// Queues `body` on the stream. The arguments were checked; they are looked at again when the work runs, because by
// then somebody may have freed them.
inline int queue(const char* kind, const char* function, Stream* stream, std::vector<Argument> arguments, bool dense,
        std::function<void()> body) {
    return enqueue(stream, Work{[=] {
        for (const Argument& a : arguments) {
            std::string what = wrong(function, a);
            if (!what.empty()) {
                finding(kind, what + " (when it ran)");
                return (int) ILLEGAL_ADDRESS;
            }
            if (dense && (a.use == Argument::READ || a.use == Argument::UPDATE)) {
                checkWritten(kind, function, a);
            }
        }
        body();
        for (const Argument& a : arguments) {
            if (a.use == Argument::WRITE || a.use == Argument::UPDATE) {
                markInitialised(reinterpret_cast<uint64_t>(a.pointer), a.bytes);
            }
        }
        return (int) SUCCESS;
    }});
}

// A factor in host memory: what the libraries take unless told otherwise.
inline bool hostScalar(const void* pointer) {
    return pointer != nullptr && !inArena(reinterpret_cast<uint64_t>(pointer));
}

// The operand as a tensor core sees it: 10 bits of fraction, rounded to nearest, halves away from zero.
inline float tf32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    if ((bits & 0x7f800000) != 0x7f800000) {
        bits = (bits + 0x1000) & ~0x1fffu;
    }
    memcpy(&value, &bits, 4);
    return value;
}

// y = alpha * result + beta * y; with beta = 0 the old value is not read, whatever it is.
inline void blend(float& y, double result, float alpha, float beta) {
    y = (float) (beta == 0 ? alpha * result : alpha * result + (double) beta * y);
}

}  // namespace doubles
