// trace.cpp -- watches every access of a traced kernel. The kernels are compiled with -fsanitize=thread but linked
// without its run-time library: these are its callbacks. Checked per access: bounds, use after free, uninitialised
// reads, races. Counted per instruction and warp: 32-byte sectors of global memory, wavefronts of shared memory.
#include "sim.h"
#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <unordered_map>

extern "C" {
extern SimBuiltins sim_builtins;
}

namespace {

// Who touched a word, and when: two touches of one launch conflict unless something orders them.
struct Stamp {
    uint32_t block;             // running number over all launches; 0 = never
    uint32_t barrier;
    uint16_t thread;
    uint16_t warp;              // warp operations that the thread had passed
};
struct Cell {
    Stamp writer, reader, otherReader;
    uint8_t atomic;             // the last write was an atomic
    uint8_t initialised;
};

struct Counters {
    uint8_t write, shared, size;
    long requests, sectors, idealSectors, wavefronts, idealWavefronts, bytes;
};

constexpr uint64_t SHADOW_WORDS = (16ull << 30) / 4;
Cell* shadow;                                   // one cell per word of the device arena, pages on demand
std::vector<Cell> sharedShadow, dynamicShadow;
std::vector<bool> sharedWords;                  // those of the kernel's own arrays
std::vector<std::vector<Access>> logs;          // per thread of the block, since the last barrier
std::map<std::pair<std::string, long>, Counters> counters;      // by kernel and offset in its code
struct Launched {
    long times, fmas;
    SimDim grid, block;         // of the last time
};
std::map<std::string, Launched> launches;       // by kernel
std::vector<std::string> threadTrace;
Access unfinished;                              // the traced thread's last store; size 0: none

const Launch* traced;
uint32_t blockNumber, firstBlockOfLaunch;
uint64_t blockBegin, blockEnd;                  // the device block that the last good access fell into
unsigned long long fmasBefore;
bool allInitialised;                            // an untraced kernel ran: what it wrote is not known
bool watching;                                  // the current block is the one whose thread is traced

Cell* shadowOf(uint64_t address) {
    if (shadow == nullptr) {
        shadow = static_cast<Cell*>(mmap(nullptr, SHADOW_WORDS * sizeof(Cell), PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    }
    return shadow + arenaOffset(address) / 4;
}

bool ordered(const Stamp& before, const Stamp& now, bool sharedMemory) {
    if (before.block == 0 || before.block < firstBlockOfLaunch) {
        return true;
    }
    if (before.block != now.block) {
        return sharedMemory;                    // another block's shared memory is not this one's
    }
    if (before.thread == now.thread || before.barrier != now.barrier) {
        return true;
    }
    return before.thread / 32 == now.thread / 32 && before.warp != now.warp;
}

std::string who(const Position& p) {
    return text("block (%u,%u,%u) thread (%u,%u,%u)", p.block.x, p.block.y, p.block.z, p.thread.x, p.thread.y,
        p.thread.z);
}

void report(const char* kind, const void* pc, const std::string& what) {
    finding(kind, text("%s@%#lx: ", traced->kernel->name,
        (unsigned long) ((char*) pc - traced->code->dataBegin)) + who(*currentThread()) + " " + what);
}

void touch(Cell& cell, bool write, bool atomic, bool sharedMemory, const void* pc, const char* where) {
    const Position& p = *currentThread();
    Stamp now = {blockNumber, barrierEpoch(), (uint16_t) p.linearThread, (uint16_t) warpEpoch()};
    if (!ordered(cell.writer, now, sharedMemory) && !(atomic && cell.atomic)) {
        report("race", pc, text("%s %s memory that thread %u of %s wrote with no barrier between",
            write ? "writes" : "reads", where, cell.writer.thread,
            cell.writer.block == blockNumber ? "this block" : "another block"));
    }
    if (write) {
        for (const Stamp* reader : {&cell.reader, &cell.otherReader}) {
            if (!ordered(*reader, now, sharedMemory) && !atomic) {
                report("race", pc, text("writes %s memory that thread %u of %s read with no barrier between", where,
                    reader->thread, reader->block == blockNumber ? "this block" : "another block"));
                break;
            }
        }
        cell.writer = now;
        cell.atomic = atomic;
        cell.initialised = 1;
    } else {
        bool initialised = sharedMemory ? cell.writer.block == blockNumber : cell.initialised;
        if (!initialised) {
            report("uninitialised", pc, text("reads %s memory that nothing wrote", where));
            cell.initialised = 1;
            if (sharedMemory) {
                cell.writer = now;              // said once
            }
        }
        if (cell.reader.thread != now.thread || cell.reader.block != now.block) {
            cell.otherReader = cell.reader;
        }
        cell.reader = now;
    }
}

void touchWords(std::vector<Cell>& cells, uint64_t offset, unsigned size, bool write, bool atomic, const void* pc) {
    for (uint64_t w = offset / 4; w <= (offset + size - 1) / 4 && w < cells.size(); w++) {
        touch(cells[w], write, atomic, true, pc, "shared");
    }
}

void touchShared(uint64_t offset, unsigned size, bool write, bool atomic, const void* pc) {
    for (uint64_t w = offset / 4; w <= (offset + size - 1) / 4; w++) {
        if (w >= sharedWords.size() || !sharedWords[w]) {
            report("out-of-bounds", pc, text("%s %u bytes of shared memory beside the arrays of its kernel",
                write ? "writes" : "reads", size));
            abandonThread();
        }
    }
    touchWords(sharedShadow, offset, size, write, atomic, pc);
}

void touchGlobal(uint64_t address, unsigned size, bool write, bool atomic, const void* pc) {
    if (address < blockBegin || address + size > blockEnd) {
        std::string wrong = deviceCheck(address, size);
        if (!wrong.empty()) {
            bool freed = wrong.find("freed") != std::string::npos;
            report(freed ? "use-after-free" : "out-of-bounds", pc,
                std::string(write ? "writes " : "reads ") + wrong);
            abandonThread();                    // before the access happens
        }
    }
    if (address % size != 0) {
        report("misaligned", pc, text("%s %u bytes at an address that is not a multiple of %u",
            write ? "writes" : "reads", size, size));
        abandonThread();
    }
    for (Cell* c = shadowOf(address); c <= shadowOf(address + size - 1); c++) {
        if (!write && !c->initialised) {
            c->initialised = allInitialised || assumedInitialised(address);
        }
        touch(*c, write, atomic, false, pc, "global");
    }
}

std::string valuesAt(uint64_t address, unsigned size) {
    std::string values;
    for (unsigned at = 0; at < size; at += 4) {
        float value = 0;
        memcpy(&value, reinterpret_cast<const void*>(address + at), 4);
        values += text("%s%.9g", at == 0 ? "" : " ", value);
    }
    return values;
}

// The callback comes before the store, so what was stored is looked up at the thread's next step.
void finishStore() {
    if (unfinished.size != 0) {
        threadTrace.back() += valuesAt(unfinished.address, unfinished.size);
        unfinished.size = 0;
    }
}

// Lines "load global 4 kernel+0x1234 value".
void recordAccess(const Access& a, bool atomic) {
    finishStore();
    threadTrace.push_back(text("%s\t%s\t%u\t%s+0x%lx\t%s", atomic ? "atomic" : a.write ? "store" : "load",
        a.shared ? "shared" : "global", a.size, traced->kernel->name,
        (unsigned long) ((char*) a.pc - traced->code->dataBegin),
        a.write ? "" : valuesAt(a.address, a.size).c_str()));
    if (a.write) {
        unfinished = a;
    }
}

void access(const void* pointer, unsigned size, bool write, bool atomic, const void* pc) {
    const Position* p = currentThread();
    auto address = reinterpret_cast<uint64_t>(pointer);
    if (p == nullptr || traced == nullptr || onFiberStack(address)) {
        return;
    }
    auto shared = reinterpret_cast<uint64_t>(traced->code->sharedBegin);
    auto sharedEnd = reinterpret_cast<uint64_t>(traced->code->sharedEnd);
    auto dynamic = reinterpret_cast<uint64_t>(dynamicSharedMemory());
    bool isShared = true;
    if (address >= shared && address < sharedEnd) {
        touchShared(address - shared, size, write, atomic, pc);
    } else if (address >= dynamic && address < dynamic + traced->dynamicShared) {
        touchWords(dynamicShadow, address - dynamic, size, write, atomic, pc);
    } else if (address >= reinterpret_cast<uint64_t>(&sim_builtins)
            && address < reinterpret_cast<uint64_t>(&sim_builtins + 1)) {
        return;                                 // threadIdx and its like
    } else if (!write && address >= reinterpret_cast<uint64_t>(traced->code->dataBegin)
            && address < reinterpret_cast<uint64_t>(traced->code->dataEnd)) {
        return;                                 // constants
    } else if (!write && address >= reinterpret_cast<uint64_t>(traced->constantBegin)
            && address < reinterpret_cast<uint64_t>(traced->constantEnd)) {
        return;                                 // parameters
    } else {
        isShared = false;
        touchGlobal(address, size, write, atomic, pc);
    }
    Access a = {pc, address, (uint8_t) size, write, isShared};
    logs[p->linearThread].push_back(a);
    if (sim_builtins.watched) {
        recordAccess(a, atomic);
    }
}

// One memory instruction of one warp: the accesses of its lanes.
void countShared(Counters& c, const std::vector<const Access*>& lanes) {
    // 32 banks of 4 bytes. Wider accesses take turns: half a warp for 8 bytes, a quarter for 16.
    size_t perTurn = 128 / std::max<size_t>(4, lanes[0]->size);
    for (size_t first = 0; first < lanes.size(); first += perTurn) {
        std::vector<uint64_t> words;
        for (size_t i = first; i < std::min(lanes.size(), first + perTurn); i++) {
            for (unsigned byte = 0; byte < lanes[i]->size; byte += 4) {
                words.push_back((lanes[i]->address + byte) / 4);
            }
        }
        std::sort(words.begin(), words.end());
        words.erase(std::unique(words.begin(), words.end()), words.end());
        int perBank[32] = {};
        int most = 0;
        for (uint64_t w : words) {
            most = std::max(most, ++perBank[w % 32]);
        }
        c.wavefronts += most;
        c.idealWavefronts++;
    }
}

void countGlobal(Counters& c, const std::vector<const Access*>& lanes) {
    std::vector<uint64_t> sectors, words;
    for (const Access* a : lanes) {
        sectors.push_back(a->address / 32);
        for (unsigned byte = 0; byte < a->size; byte += 4) {
            words.push_back((a->address + byte) / 4);
        }
        c.bytes += a->size;
    }
    std::sort(sectors.begin(), sectors.end());
    std::sort(words.begin(), words.end());
    c.sectors += std::unique(sectors.begin(), sectors.end()) - sectors.begin();
    long distinct = std::unique(words.begin(), words.end()) - words.begin();
    c.idealSectors += (distinct * 4 + 31) / 32;
}

void countWarp(unsigned firstThread, unsigned threads) {
    // The k-th time that a lane passes an instruction belongs together with the k-th time of its neighbours.
    std::map<std::pair<const void*, unsigned>, std::vector<const Access*>> requests;
    for (unsigned t = firstThread; t < std::min(threads, firstThread + 32); t++) {
        std::unordered_map<const void*, unsigned> passes;
        for (const Access& a : logs[t]) {
            requests[{a.pc, passes[a.pc]++}].push_back(&a);
        }
    }
    for (auto& [site, lanes] : requests) {
        Counters& c = counters[{traced->kernel->name, (char*) site.first - traced->code->dataBegin}];
        c.write = lanes[0]->write;
        c.shared = lanes[0]->shared;
        c.size = lanes[0]->size;
        c.requests++;
        if (c.shared) {
            countShared(c, lanes);
        } else {
            countGlobal(c, lanes);
        }
    }
}

void findSharedWords(const Launch& launch) {
    const CodeObject& code = *launch.code;
    sharedWords.assign((code.sharedEnd - code.sharedBegin + 3) / 4, false);
    for (const SharedArray& array : code.sharedArrays) {
        if (array.kernel.empty() || array.kernel == launch.kernel->name) {
            for (char* at = array.begin; at < array.end; at += 4) {
                sharedWords[(at - code.sharedBegin) / 4] = true;
            }
        }
    }
}

}  // namespace

void countLaunch(const Launch& launch) {
    Launched& launched = launches[launch.kernel->name];
    launched.times++;
    launched.grid = launch.grid;
    launched.block = launch.block;
}

void traceLaunchBegins(const Launch& launch) {
    traced = &launch;
    firstBlockOfLaunch = blockNumber + 1;
    blockBegin = blockEnd = 0;
    sharedShadow.assign((launch.code->sharedEnd - launch.code->sharedBegin + 3) / 4, Cell{});
    findSharedWords(launch);
    dynamicShadow.assign((launch.dynamicShared + 3) / 4, Cell{});
    logs.assign((size_t) launch.block.x * launch.block.y * launch.block.z, {});
    fmasBefore = sim_builtins.fmas;
}

void traceBlockBegins() {
    blockNumber++;
    watching = text("%u,%u", sim_builtins.block.x, sim_builtins.block.y) == setting("block", "");
}

bool traceWatches(const Position& p) {
    return watching && text("%u,%u", p.thread.x, p.thread.y) == setting("thread", "");
}

void tracePhaseEnds(unsigned threads) {
    finishStore();
    for (unsigned t = 0; t < threads; t += 32) {
        countWarp(t, threads);
    }
    for (auto& log : logs) {
        log.clear();
    }
}

void traceLaunchEnds() {
    launches[traced->kernel->name].fmas += (long) (sim_builtins.fmas - fmasBefore);
    traced = nullptr;
}

void assumeAllInitialised() {
    allInitialised = true;
}

void markInitialised(uint64_t address, uint64_t size) {
    if (!settingNumber("trace", 0)) {
        allInitialised = true;                  // the shadow is kept only while tracing
        return;
    }
    for (uint64_t a = address / 4 * 4; a < address + size; a += 4) {
        shadowOf(a)->initialised = 1;
    }
}

void markUninitialised(uint64_t address, uint64_t size) {
    if (!settingNumber("trace", 0)) {
        return;
    }
    for (uint64_t a = address / 4 * 4; a < address + size; a += 4) {
        *shadowOf(a) = Cell{};
    }
}

// Per kernel: "launch kernel times fmas grid(3) threads"; per instruction: "site kernel offset load|store global|shared bytes requests sectors ideal wavefronts ideal".
void traceReport(std::string& out) {
    for (auto& [kernel, l] : launches) {
        out += text("launch\t%s\t%ld\t%ld\t%u\t%u\t%u\t%u\n", kernel.c_str(), l.times, l.fmas, l.grid.x, l.grid.y,
            l.grid.z, l.block.x * l.block.y * l.block.z);
    }
    for (auto& [site, c] : counters) {
        out += text("site\t%s\t0x%lx\t%s\t%s\t%u\t%ld\t%ld\t%ld\t%ld\t%ld\t%ld\n", site.first.c_str(),
            site.second, c.write ? "store" : "load", c.shared ? "shared" : "global", c.size,
            c.requests, c.sectors, c.idealSectors, c.wavefronts, c.idealWavefronts, c.bytes);
    }
    for (auto& line : threadTrace) {
        out += "step\t" + line + "\n";
    }
}

void traceReset() {
    if (allInitialised) {
        allInitialised = false;
        markAllInitialised();
    }
    counters.clear();
    launches.clear();
    threadTrace.clear();
    unfinished.size = 0;
}

extern "C" void sim_record_fma(float a, float b, float c, const char* file, int line) {
    finishStore();
    const char* slash = strrchr(file, '/');
    threadTrace.push_back(text("fma\t-\t4\t%s:%d\t%.9g*%.9g+%.9g=%.9g", slash == nullptr ? file : slash + 1, line, a, b,
        c, __builtin_fmaf(a, b, c)));
}

void traceMma(const float* d, const float* a, const float* b, const char* file, int line) {
    finishStore();
    const char* slash = strrchr(file, '/');
    threadTrace.push_back(text("mma\t-\t4\t%s:%d\tA %.9g %.9g %.9g %.9g  B %.9g %.9g  D %.9g %.9g %.9g %.9g",
        slash == nullptr ? file : slash + 1, line, a[0], a[1], a[2], a[3], b[0], b[1], d[0], d[1], d[2], d[3]));
}

#define CALLER __builtin_return_address(0)
#define CALLBACKS(n) \
    void __tsan_read##n(void* p) { access(p, n, false, false, CALLER); } \
    void __tsan_write##n(void* p) { access(p, n, true, false, CALLER); } \
    void __tsan_unaligned_read##n(void* p) { access(p, n, false, false, CALLER); } \
    void __tsan_unaligned_write##n(void* p) { access(p, n, true, false, CALLER); }

extern "C" {
void __tsan_init(void) {}
CALLBACKS(1)
CALLBACKS(2)
CALLBACKS(4)
CALLBACKS(8)
CALLBACKS(16)
void __tsan_read_range(void* p, unsigned long n) {
    for (unsigned long i = 0; i + 4 <= n; i += 4) {
        access((char*) p + i, 4, false, false, CALLER);
    }
}
void __tsan_write_range(void* p, unsigned long n) {
    for (unsigned long i = 0; i + 4 <= n; i += 4) {
        access((char*) p + i, 4, true, false, CALLER);
    }
}
// Fibers run one at a time, so a plain update is atomic; the tracer is told that it was meant to be.
float sim_atomic_add_f32(float* p, float v) {
    access(p, 4, true, true, CALLER);
    float old = *p;
    *p = old + v;
    return old;
}
int sim_atomic_add_i32(int* p, int v) {
    access(p, 4, true, true, CALLER);
    int old = *p;
    *p = old + v;
    return old;
}
}
