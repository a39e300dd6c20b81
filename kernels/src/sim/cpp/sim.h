// sim.h -- what the parts of the simulated driver share. One OS thread runs device code at a time (simLock).
#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

struct SimDim { unsigned x, y, z; };
struct SimBuiltins {
    SimDim thread, block, blockDim, gridDim;
    unsigned long long fmas;    // counted while tracing
    int watched;                // this thread's steps are recorded
};
struct SimKernel {
    const char* name;
    void (*call)(void** parameters);
    int parameterCount;
    const unsigned* parameterSizes;
};

// Error codes of the driver API that we answer with (cuda.h, CUresult).
enum Result {
    SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100, INVALID_DEVICE = 101,
    INVALID_CONTEXT = 201, NO_BINARY_FOR_GPU = 209, INVALID_PTX = 218, UNSUPPORTED_PTX_VERSION = 222,
    INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801, CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901, CAPTURE_UNMATCHED = 903,
    CAPTURE_ISOLATION = 905, CAPTURED_EVENT = 907
};

extern std::recursive_mutex simLock;

// ---- findings and settings (control.cpp) ----
// A finding is a defect of the program under test: counted by kind, the first few kept with their text.
void finding(const char* kind, const std::string& text);
std::string setting(const char* key, const char* fallback);
long settingNumber(const char* key, long fallback);
unsigned randomNumber(unsigned bound);      // seeded by the setting "seed"
std::string text(const char* format, ...) __attribute__((format(printf, 1, 2)));

// ---- device memory (memory.cpp) ----
struct Block {
    uint64_t size;
    bool live;
    bool assumed = false;                   // initialised by something that does not say what it wrote
};
int deviceAllocate(uint64_t* address, uint64_t size);
int deviceFree(uint64_t address);
// What is wrong with an access of a kernel or a copy, or an empty string.
std::string deviceCheck(uint64_t address, uint64_t size);
bool inArena(uint64_t address);
uint64_t arenaOffset(uint64_t address);
uint64_t deviceFreeBytes();
uint64_t deviceTotalBytes();
void deviceCheckRedzones(const char* after);
void deviceCheckFreed();
bool pinned(const void* host, uint64_t size);
int pinnedAllocate(void** address, uint64_t size);
int pinnedFree(void* address);
long liveBlocks();

// ---- fibers (fibers.cpp) ----
struct SharedArray {
    char* begin;
    char* end;
    std::string kernel;             // whose variable it is; empty: any that calls its function
};
struct CodeObject {
    std::string file;
    char* sharedBegin;
    char* sharedEnd;
    char* dataBegin;
    char* dataEnd;
    std::vector<SharedArray> sharedArrays;
};
void findSharedArrays(CodeObject& code, const SimKernel* kernels, int count);       // shared.cpp
struct Launch {
    const SimKernel* kernel;
    const CodeObject* code;
    SimDim grid, block;
    unsigned dynamicShared;
    bool traced;
    const char* constantBegin;      // the parameters: read like constants
    const char* constantEnd;
};
int runLaunch(const Launch& launch, void** parameters);     // SUCCESS, ILLEGAL_ADDRESS or LAUNCH_FAILED
struct Position { SimDim block, thread; unsigned linearThread; };
const Position* currentThread();        // null outside device code
char* dynamicSharedMemory();
unsigned barrierEpoch();
unsigned warpEpoch();
bool onFiberStack(uint64_t address);
[[noreturn]] void abandonThread();      // ends the running launch from inside device code

// ---- tracing (trace.cpp) ----
struct Access { const void* pc; uint64_t address; uint8_t size; uint8_t write; uint8_t shared; };
void countLaunch(const Launch& launch);             // traced or not
void traceLaunchBegins(const Launch& launch);
void traceBlockBegins();
bool traceWatches(const Position& thread);
void tracePhaseEnds(unsigned threads);              // a barrier released its threads, or the block ended
void traceLaunchEnds();
void markInitialised(uint64_t address, uint64_t size);
void markUninitialised(uint64_t address, uint64_t size);
void markAllInitialised();                          // memory.cpp: every live block
bool assumedInitialised(uint64_t address);
void assumeAllInitialised();                        // something ran that does not say what it wrote
void traceReport(std::string& out);
void traceReset();
void traceMma(const float* d, const float* a, const float* b, const char* file, int line);

// ---- tensor cores (tensor.cpp) ----
struct Fragments { float* d; const float* a; const float* b; };     // what one lane holds
// Returns what is wrong with the operands, or an empty string.
std::string multiplyTf32(const Fragments (&lanes)[32]);
