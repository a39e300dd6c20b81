// driver.cpp -- device, context, memory, copies, streams and events of the CUDA driver API, as documented, on the
// simulated device; kernels are in modules.cpp. Loaded as libcuda.so.1, it is what JCuda's own native library
// calls. The device calls itself simulated.
#include "driver.h"
#include <cstring>

namespace {

constexpr int DRIVER_VERSION = 12060;
constexpr uint64_t PRIMARY_CONTEXT = 0x5e47a7;
const char* const DEVICE_NAME = "Sextant simulated GPU";

bool initialised;
int retained;
thread_local uint64_t currentContext;
std::map<std::string, long> calls;

// Setting "fault" is "cuName:N:code" or "cuName:N-M:code": the N-th (to the M-th) call from now on fails so.
int injected(const char* name) {
    long number = ++calls[name];
    std::string fault = setting("fault", "");
    size_t a = fault.find(':'), b = fault.rfind(':');
    if (a == std::string::npos || a == b || fault.compare(0, a, name) != 0) {
        return SUCCESS;
    }
    char* next;
    const long first = strtol(fault.c_str() + a + 1, &next, 10);
    const long last = *next == '-' ? strtol(next + 1, nullptr, 10) : first;
    return number >= first && number <= last ? (int) strtol(fault.c_str() + b + 1, nullptr, 10) : SUCCESS;
}

}  // namespace

int capability() {
    return (int) settingNumber("capability", 80);
}

Stream* streamOf(void* handle) {
    auto* s = handle == nullptr ? defaultStream() : static_cast<Stream*>(handle);
    return knownStream(s) ? s : nullptr;
}

int copyWork(const char* name, Stream* s, std::function<int()> run) {
    if (s == nullptr) {
        finding("stream", std::string(name) + ": no such stream");
        return INVALID_HANDLE;
    }
    return enqueue(s, Work{std::move(run)});
}

int enter(const char* name) {
    if (int rc = injected(name)) {
        return rc;
    }
    if (!initialised) {
        return NOT_INITIALIZED;
    }
    if (currentContext != PRIMARY_CONTEXT || retained == 0) {
        finding("context", text("%s: no context is current on this thread", name));
        return INVALID_CONTEXT;
    }
    return sticky();
}

namespace {

// Device side of a copy: must lie in a live block.
int deviceRange(const char* name, uint64_t address, uint64_t size) {
    if (size == 0) {
        return SUCCESS;
    }
    std::string wrong = deviceCheck(address, size);
    if (!wrong.empty()) {
        finding("copy", std::string(name) + ": " + wrong);
        return INVALID_VALUE;
    }
    return SUCCESS;
}

int hostToDevice(const char* name, uint64_t to, const void* from, uint64_t size, Stream* s) {
    if (int rc = deviceRange(name, to, size)) {
        return rc;
    }
    return copyWork(name, s, [=] {
        if (int rc = deviceRange(name, to, size)) {
            return rc;
        }
        memcpy(reinterpret_cast<void*>(to), from, size);        // reads the host buffer now, not when it was queued
        markInitialised(to, size);
        return (int) SUCCESS;
    });
}

int deviceToHost(const char* name, void* to, uint64_t from, uint64_t size, Stream* s) {
    if (int rc = deviceRange(name, from, size)) {
        return rc;
    }
    return copyWork(name, s, [=] {
        if (int rc = deviceRange(name, from, size)) {
            return rc;
        }
        memcpy(to, reinterpret_cast<const void*>(from), size);
        return (int) SUCCESS;
    });
}

int setWords(const char* name, uint64_t to, unsigned value, uint64_t count, unsigned width, Stream* s) {
    if (int rc = deviceRange(name, to, count * width)) {
        return rc;
    }
    return copyWork(name, s, [=] {
        for (uint64_t i = 0; i < count; i++) {
            memcpy(reinterpret_cast<char*>(to) + i * width, &value, width);
        }
        markInitialised(to, count * width);
        return (int) SUCCESS;
    });
}

// An asynchronous copy from pageable memory is not asynchronous, and from the Java heap it is not even safe.
int pinnedRange(const char* name, const void* host, uint64_t size) {
    if (!pinned(host, size)) {
        finding("pageable", text("%s: %lu bytes of host memory that is not pinned", name, (unsigned long) size));
        return INVALID_VALUE;
    }
    return SUCCESS;
}

int attribute(int which) {
    switch (which) {
        case 1: return 1024;            // threads per block
        case 2: case 3: return 1024;    // block x, y
        case 4: return 64;              // block z
        case 5: return 0x7fffffff;      // grid x
        case 6: case 7: return 65535;   // grid y, z
        case 8: return 48 * 1024;       // shared memory per block
        case 10: return 32;             // warp
        case 13: return 1410000;        // clock, kHz
        case 16: return 4;              // multiprocessors
        case 36: return 1215000;        // memory clock, kHz
        case 37: return 256;            // bus width
        case 75: return capability() / 10;
        case 76: return capability() % 10;
        case 81: return 164 * 1024;     // shared memory per multiprocessor
        case 97: return 163 * 1024;     // shared memory per block, opted in
        default: return 0;
    }
}

}  // namespace

extern "C" {

int cuInit(unsigned) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    if (int rc = injected("cuInit")) {
        return rc;
    }
    initialised = true;
    return SUCCESS;
}

int cuDriverGetVersion(int* version) {
    *version = (int) settingNumber("driver", DRIVER_VERSION);
    return SUCCESS;
}

int cuDeviceGetCount(int* count) {
    *count = (int) settingNumber("devices", 1);
    return initialised ? SUCCESS : NOT_INITIALIZED;
}

int cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return ordinal >= 0 && ordinal < settingNumber("devices", 1) ? SUCCESS : INVALID_DEVICE;
}

int cuDeviceGetName(char* name, int length, int) {
    snprintf(name, length, "%s", DEVICE_NAME);
    return SUCCESS;
}

int cuDeviceGetAttribute(int* value, int which, int) {
    *value = attribute(which);
    return SUCCESS;
}

int cuDeviceTotalMem_v2(size_t* bytes, int) {
    *bytes = deviceTotalBytes();
    return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void** context, int) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    if (int rc = injected("cuDevicePrimaryCtxRetain")) {
        return rc;
    }
    retained++;
    *context = reinterpret_cast<void*>(PRIMARY_CONTEXT);
    return initialised ? SUCCESS : NOT_INITIALIZED;
}

int cuDevicePrimaryCtxRelease_v2(int) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    return retained-- > 0 ? SUCCESS : INVALID_CONTEXT;
}

int cuCtxSetCurrent(void* context) {
    currentContext = reinterpret_cast<uint64_t>(context);
    return SUCCESS;
}

int cuCtxGetCurrent(void** context) {
    *context = reinterpret_cast<void*>(currentContext);
    return SUCCESS;
}

int cuCtxSynchronize(void) {
    ENTER("cuCtxSynchronize")
    MAY_WAIT
    drainAll();
    return sticky();
}

int cuMemGetInfo_v2(size_t* available, size_t* total) {
    ENTER("cuMemGetInfo")
    *available = deviceFreeBytes();
    *total = deviceTotalBytes();
    return SUCCESS;
}

int cuMemAlloc_v2(uint64_t* address, size_t size) {
    ENTER("cuMemAlloc")
    MAY_WAIT
    return deviceAllocate(address, size);
}

int cuMemFree_v2(uint64_t address) {
    ENTER("cuMemFree")
    MAY_WAIT
    drainAll();                         // as the real one, which waits for the device
    return deviceFree(address);
}

int cuMemHostAlloc(void** host, size_t size, unsigned) {
    ENTER("cuMemHostAlloc")
    MAY_WAIT
    return pinnedAllocate(host, size);
}

int cuMemFreeHost(void* host) {
    ENTER("cuMemFreeHost")
    MAY_WAIT
    drainAll();
    return pinnedFree(host);
}

int cuMemcpyHtoD_v2(uint64_t to, const void* from, size_t size) {
    ENTER("cuMemcpyHtoD")
    MAY_WAIT
    hostToDevice("cuMemcpyHtoD", to, from, size, defaultStream());
    drain(defaultStream());             // streams made "non-blocking" are not waited for
    return sticky();
}

int cuMemcpyDtoH_v2(void* to, uint64_t from, size_t size) {
    ENTER("cuMemcpyDtoH")
    MAY_WAIT
    if (int rc = deviceToHost("cuMemcpyDtoH", to, from, size, defaultStream())) {
        return rc;
    }
    drain(defaultStream());
    return sticky();
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t size, void* stream) {
    ENTER("cuMemcpyHtoDAsync")
    if (int rc = pinnedRange("cuMemcpyHtoDAsync", from, size)) {
        return rc;
    }
    return hostToDevice("cuMemcpyHtoDAsync", to, from, size, streamOf(stream));
}

int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t size, void* stream) {
    ENTER("cuMemcpyDtoHAsync")
    if (int rc = pinnedRange("cuMemcpyDtoHAsync", to, size)) {
        return rc;
    }
    return deviceToHost("cuMemcpyDtoHAsync", to, from, size, streamOf(stream));
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t size, void* stream) {
    ENTER("cuMemcpyDtoDAsync")
    if (int rc = deviceRange("cuMemcpyDtoDAsync", from, size)) {
        return rc;
    }
    if (int rc = deviceRange("cuMemcpyDtoDAsync", to, size)) {
        return rc;
    }
    return copyWork("cuMemcpyDtoDAsync", streamOf(stream), [=] {
        memmove(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), size);
        markInitialised(to, size);
        return (int) SUCCESS;
    });
}

int cuMemsetD8Async(uint64_t to, unsigned char value, size_t count, void* stream) {
    ENTER("cuMemsetD8Async")
    return setWords("cuMemsetD8Async", to, value, count, 1, streamOf(stream));
}

int cuMemsetD32Async(uint64_t to, unsigned value, size_t count, void* stream) {
    ENTER("cuMemsetD32Async")
    return setWords("cuMemsetD32Async", to, value, count, 4, streamOf(stream));
}

int cuStreamCreate(void** stream, unsigned flags) {
    ENTER("cuStreamCreate")
    *stream = newStream((flags & 1) == 0);
    return SUCCESS;
}

int cuStreamDestroy_v2(void* stream) {
    ENTER("cuStreamDestroy")
    dropStream(static_cast<Stream*>(stream));
    return SUCCESS;
}

int cuStreamSynchronize(void* stream) {
    ENTER("cuStreamSynchronize")
    if (capturesNow(stream)) {
        return CAPTURE_UNSUPPORTED;
    }
    Stream* s = streamOf(stream);
    if (s == nullptr) {
        return INVALID_HANDLE;
    }
    drain(s);
    return sticky();
}

int cuStreamQuery(void* stream) {
    ENTER("cuStreamQuery")
    if (capturesNow(stream)) {
        return CAPTURE_UNSUPPORTED;
    }
    step();
    Stream* s = streamOf(stream);
    return s == nullptr ? INVALID_HANDLE : s->queue.empty() ? sticky() : NOT_READY;
}

int cuStreamWaitEvent(void* stream, void* event, unsigned) {
    ENTER("cuStreamWaitEvent")
    auto* e = static_cast<Event*>(event);
    Stream* s = streamOf(stream);
    if (s != nullptr && (s->capture != nullptr || e->captured)) {
        return CAPTURE_ISOLATION;               // only captures of one stream are simulated
    }
    return s == nullptr ? (int) INVALID_HANDLE : enqueue(s, Work{{}, e, e->records});
}

int cuEventCreate(void** event, unsigned) {
    ENTER("cuEventCreate")
    *event = new Event;
    return SUCCESS;
}

int cuEventRecord(void* event, void* stream) {
    ENTER("cuEventRecord")
    auto* e = static_cast<Event*>(event);
    Stream* s = streamOf(stream);
    if (s != nullptr) {
        e->captured = s->capture != nullptr;
        if (e->captured) {
            return SUCCESS;                     // orders nothing in a chain of one stream
        }
    }
    return s == nullptr ? (int) INVALID_HANDLE : enqueue(s, Work{{}, nullptr, 0, e, ++e->records});
}

int cuEventQuery(void* event) {
    ENTER("cuEventQuery")
    step();
    auto* e = static_cast<Event*>(event);
    return e->completed >= e->records ? sticky() : NOT_READY;
}

int cuEventSynchronize(void* event) {
    ENTER("cuEventSynchronize")
    auto* e = static_cast<Event*>(event);
    if (e->captured) {
        return CAPTURED_EVENT;
    }
    long wanted = e->records;
    for (long idle = 0; e->completed < wanted; idle++) {
        step();
        if (idle > 1000000) {
            return LAUNCH_FAILED;
        }
    }
    return sticky();
}

int cuEventElapsedTime(float* milliseconds, void* from, void* to) {
    ENTER("cuEventElapsedTime")
    auto *a = static_cast<Event*>(from), *b = static_cast<Event*>(to);
    if (a->completed < a->records || b->completed < b->records) {
        return NOT_READY;
    }
    *milliseconds = (float) (b->clock - a->clock);      // simulated: counts operations, not time
    return SUCCESS;
}

int cuEventDestroy_v2(void* event) {
    ENTER("cuEventDestroy")
    drainAll();
    delete static_cast<Event*>(event);
    return SUCCESS;
}

int cuGetErrorName(int code, const char** name) {
    *name = code == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : code == LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED"
        : "CUDA_ERROR";
    return SUCCESS;
}

int cuGetErrorString(int, const char** message) {
    *message = "reported by the simulated driver";
    return SUCCESS;
}

// ---- the simulator's own ----

void sim_reset(void) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    streamsReset();
    clearFindings();
    traceReset();
    calls.clear();
}

long sim_live_blocks(void) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    return liveBlocks();
}

long sim_calls(const char* name) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    return calls[name];
}

}  // extern "C"
