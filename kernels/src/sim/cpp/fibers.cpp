// fibers.cpp -- runs a grid: blocks one after the other, the threads of a block as fibers on one OS thread.
// A fiber runs until a barrier, a warp operation or its end; then the next one runs. So one interleaving is executed,
// which is why races are searched for (trace.cpp) and not waited for.
#include "sim.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

extern "C" {
SimBuiltins sim_builtins;
void simSwitch(void** saveStackPointer, void* stackPointer);
}

// Saves what the System V ABI lets a callee keep, changes stacks, restores.
asm(R"(
.text
.globl simSwitch
.hidden simSwitch
.type simSwitch, @function
simSwitch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size simSwitch, . - simSwitch
)");

namespace {

constexpr size_t STACK = 64 * 1024;
constexpr unsigned MOST_THREADS = 1024;
constexpr unsigned WARP = 32;
constexpr size_t MOST_SHARED = 100 * 1024;

enum class State { Ready, AtBarrier, AtWarp, Done };

struct Fiber {
    void* stackPointer;
    Position position;
    State state;
    int line;                                   // of the barrier or warp operation it waits at
    int kind, argument, width;                  // of the warp operation
    unsigned mask, value, result;
    Fragments fragments;                        // of a tensor-core instruction
    unsigned warpEpoch;
};

std::vector<Fiber> fibers;
Fiber* running;
void* schedulerStack;
char* stacks;
const Launch* current;
void** currentParameters;
unsigned epoch;                                 // barriers passed by the current block
bool failed;
char* dynamicShared;
constexpr int MMA = 6;                          // after the kinds that cuda_on_cpu.h numbers

void fiberMain() {
    current->kernel->call(currentParameters);
    running->state = State::Done;
    simSwitch(&running->stackPointer, schedulerStack);
    abort();                                    // a finished fiber is never resumed
}

void yieldFiber() {
    simSwitch(&running->stackPointer, schedulerStack);
}

void prepare(Fiber& f, unsigned index) {
    auto top = reinterpret_cast<uint64_t>(stacks + STACK * (index + 1)) & ~15ull;
    void** sp = reinterpret_cast<void**>(top);
    *--sp = nullptr;                            // fiberMain's return address: keeps the ABI's alignment
    *--sp = reinterpret_cast<void*>(fiberMain);
    for (int i = 0; i < 6; i++) {
        *--sp = nullptr;
    }
    f.stackPointer = sp;
    f.state = State::Ready;
    f.warpEpoch = 0;
}

std::string place(const Fiber& f) {
    const auto& p = f.position;
    return text("block (%u,%u,%u) thread (%u,%u,%u)", p.block.x, p.block.y, p.block.z, p.thread.x, p.thread.y,
        p.thread.z);
}

void fail(const char* kind, const std::string& what) {
    finding(kind, text("%s: ", current->kernel->name) + what);
    failed = true;
}

unsigned shuffleSource(const Fiber& f, unsigned lane) {
    unsigned base = lane / f.width * f.width, at = lane % f.width;
    switch (f.kind) {
        case 2: return base + f.argument % f.width;
        case 3: return (int) at - f.argument < 0 ? lane : lane - f.argument;
        case 4: return at + f.argument >= (unsigned) f.width ? lane : lane + f.argument;
        default: return (at ^ f.argument) >= (unsigned) f.width ? lane : base + (at ^ f.argument);
    }
}

bool completeMma(unsigned warp) {
    Fragments lanes[WARP];
    for (unsigned i = 0; i < WARP; i++) {
        lanes[i] = fibers[warp + i].fragments;
    }
    std::string wrong = multiplyTf32(lanes);
    if (!wrong.empty()) {
        fail("tensor", text("line %d: ", fibers[warp].line) + wrong);
        return false;
    }
    sim_builtins.fmas += current->traced ? 16 * 8 * 8 : 0;
    return true;
}

// Completes the warp operation that `lane` waits at, once every lane that its mask names has arrived at it.
bool completeWarpOperation(unsigned warp, unsigned lane) {
    Fiber& f = fibers[warp + lane];
    unsigned lanes = std::min<unsigned>(WARP, fibers.size() - warp);
    if (!(f.mask >> lane & 1)) {
        fail("mask", text("line %d: ", f.line) + place(f) + text(" is not named in its own mask %08x", f.mask));
        return false;
    }
    for (unsigned i = 0; i < WARP; i++) {
        if (!(f.mask >> i & 1)) {
            continue;
        }
        if (i >= lanes || fibers[warp + i].state == State::Done) {
            fail("mask", text("line %d: ", f.line) + place(f)
                + text(" waits with mask %08x, which names lane %u, but that lane has ended or does not exist", f.mask,
                    i));
            return false;
        }
        const Fiber& other = fibers[warp + i];
        if (other.state != State::AtWarp || other.line != f.line || other.kind != f.kind || other.mask != f.mask) {
            return false;
        }
    }
    if (f.kind == MMA && !completeMma(warp)) {
        return false;
    }
    unsigned ballot = 0;
    for (unsigned i = 0; i < lanes; i++) {
        if ((f.mask >> i & 1) && fibers[warp + i].value) {
            ballot |= 1u << i;
        }
    }
    for (unsigned i = 0; i < lanes; i++) {
        if (!(f.mask >> i & 1)) {
            continue;
        }
        Fiber& other = fibers[warp + i];
        if (f.kind <= 1 || f.kind == MMA) {
            other.result = ballot;
        } else {
            unsigned source = shuffleSource(other, i);
            if (!(f.mask >> source & 1)) {
                fail("mask", text("line %d: ", f.line) + place(other)
                    + text(" reads lane %u, which the mask %08x does not name", source, f.mask));
                return false;
            }
            other.result = fibers[warp + source].value;
        }
    }
    for (unsigned i = 0; i < lanes; i++) {
        if (f.mask >> i & 1) {
            fibers[warp + i].state = State::Ready;
            fibers[warp + i].warpEpoch++;
        }
    }
    return true;
}

bool completeWarpOperations() {
    bool progress = false;
    for (unsigned i = 0; i < fibers.size() && !failed; i++) {
        if (fibers[i].state == State::AtWarp) {
            progress |= completeWarpOperation(i / WARP * WARP, i % WARP);
        }
    }
    return progress;
}

// All threads that still live wait at the barrier: it opens, if they are all of the block's and at the same one.
void openBarrier(unsigned done) {
    const Fiber* first = nullptr;
    for (const Fiber& f : fibers) {
        if (f.state != State::AtBarrier) {
            continue;
        }
        if (first == nullptr) {
            first = &f;
        } else if (f.line != first->line) {
            fail("barrier", place(*first) + text(" waits at the barrier of line %d, ", first->line) + place(f)
                + text(" at that of line %d", f.line));
            return;
        }
    }
    if (done > 0) {
        fail("barrier", text("line %d: %u threads of block (%u,%u,%u) wait at the barrier, %u have ended", first->line,
            (unsigned) fibers.size() - done, first->position.block.x, first->position.block.y, first->position.block.z,
            done));
        return;
    }
    if (current->traced) {
        tracePhaseEnds(fibers.size());
    }
    epoch++;
    for (Fiber& f : fibers) {
        f.state = State::Ready;
    }
}

// In which order the ready fibers take their turn: ascending, or by warp in a seeded order.
void turnOrder(std::vector<unsigned>& order) {
    order.resize(fibers.size());
    for (unsigned i = 0; i < order.size(); i++) {
        order[i] = i;
    }
    if (settingNumber("shuffle", 0)) {
        for (unsigned i = order.size(); i > 1; i--) {
            std::swap(order[i - 1], order[randomNumber(i)]);
        }
    }
}

void runBlock(std::vector<unsigned>& order) {
    epoch = 0;
    for (unsigned i = 0; i < fibers.size(); i++) {
        prepare(fibers[i], i);
    }
    turnOrder(order);
    while (!failed) {
        bool progress = false;
        for (unsigned i : order) {
            if (fibers[i].state == State::Ready) {
                running = &fibers[i];
                sim_builtins.thread = running->position.thread;
                sim_builtins.watched = current->traced && traceWatches(running->position);
                simSwitch(&schedulerStack, running->stackPointer);
                running = nullptr;
                progress = true;
                if (failed) {
                    return;
                }
            }
        }
        progress |= completeWarpOperations();
        unsigned done = 0, waiting = 0;
        for (const Fiber& f : fibers) {
            done += f.state == State::Done;
            waiting += f.state == State::AtBarrier;
        }
        if (done == fibers.size()) {
            break;
        }
        if (done + waiting == fibers.size()) {
            openBarrier(done);
        } else if (!progress && !failed) {
            for (const Fiber& f : fibers) {
                if (f.state == State::AtWarp) {
                    fail("mask", text("line %d: ", f.line) + place(f)
                        + text(" waits for lanes of mask %08x that never come", f.mask));
                    break;
                }
            }
        }
    }
    if (current->traced && !failed) {
        tracePhaseEnds(fibers.size());
    }
}

void enterBlock(unsigned x, unsigned y, unsigned z) {
    sim_builtins.block = {x, y, z};
    for (Fiber& f : fibers) {
        f.position.block = {x, y, z};
    }
    // Shared memory holds nothing useful at first: not-a-number shows who reads it too early.
    memset(current->code->sharedBegin, 0xff, current->code->sharedEnd - current->code->sharedBegin);
    memset(dynamicShared, 0xff, current->dynamicShared);
    if (current->traced) {
        traceBlockBegins();
    }
}

}  // namespace

extern "C" void sim_barrier(int line) {
    running->line = line;
    running->state = State::AtBarrier;
    yieldFiber();
}

extern "C" unsigned sim_warp(int kind, unsigned mask, unsigned value, int argument, int width, int line) {
    running->kind = kind;
    running->mask = mask;
    running->value = value;
    running->argument = argument;
    running->width = width;
    running->line = line;
    running->state = State::AtWarp;
    yieldFiber();
    return running->result;
}

extern "C" void sim_mma_tf32(float* d, const float* a, const float* b, const char* file, int line) {
    if (sim_builtins.watched) {
        traceMma(d, a, b, file, line);
    }
    running->fragments = {d, a, b};
    sim_warp(MMA, 0xffffffffu, 0, 0, WARP, line);
}

extern "C" void* sim_dynamic_shared(void) {
    return dynamicShared;
}

char* dynamicSharedMemory() {
    return dynamicShared;
}

const Position* currentThread() {
    return running == nullptr ? nullptr : &running->position;
}

unsigned barrierEpoch() {
    return epoch;
}

unsigned warpEpoch() {
    return running->warpEpoch;
}

bool onFiberStack(uint64_t address) {
    auto begin = reinterpret_cast<uint64_t>(stacks);
    return address >= begin && address < begin + STACK * MOST_THREADS;
}

void abandonThread() {
    failed = true;
    simSwitch(&running->stackPointer, schedulerStack);
    abort();
}

int runLaunch(const Launch& launch, void** parameters) {
    if (stacks == nullptr) {
        stacks = static_cast<char*>(mmap(nullptr, STACK * MOST_THREADS, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        dynamicShared = static_cast<char*>(aligned_alloc(256, MOST_SHARED / 256 * 256));
    }
    current = &launch;
    currentParameters = parameters;
    failed = false;
    sim_builtins.gridDim = launch.grid;
    sim_builtins.blockDim = launch.block;
    fibers.assign((size_t) launch.block.x * launch.block.y * launch.block.z, Fiber{});
    for (unsigned i = 0; i < fibers.size(); i++) {
        fibers[i].position.thread = {i % launch.block.x, i / launch.block.x % launch.block.y,
            i / launch.block.x / launch.block.y};
        fibers[i].position.linearThread = i;
    }
    countLaunch(launch);
    if (launch.traced) {
        traceLaunchBegins(launch);
    }
    std::vector<unsigned> order;
    for (unsigned z = 0; z < launch.grid.z && !failed; z++) {
        for (unsigned y = 0; y < launch.grid.y && !failed; y++) {
            for (unsigned x = 0; x < launch.grid.x && !failed; x++) {
                enterBlock(x, y, z);
                runBlock(order);
            }
        }
    }
    if (launch.traced) {
        traceLaunchEnds();                      // every access was checked as it was made
    } else {
        deviceCheckRedzones(launch.kernel->name);
    }
    return failed ? LAUNCH_FAILED : SUCCESS;
}
