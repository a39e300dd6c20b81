// memory.cpp -- simulated device memory: one reserved range of addresses, so that "is this device memory" is a
// comparison and a stray access damages no host data. Blocks are 256-byte aligned as the driver's are, with filled
// zones between them that are checked after every launch. Freed blocks are filled too, and come back late.
#include "sim.h"
#include <cstdlib>
#include <cstring>
#include <deque>
#include <sys/mman.h>

namespace {

constexpr uint64_t ARENA = 16ull << 30;
constexpr uint64_t GRAIN = 256;
constexpr uint64_t ZONE = 1024;                 // filled bytes before the first and after every block
constexpr uint64_t QUARANTINE = 64ull << 20;    // freed memory that is kept from reuse, in bytes and blocks
constexpr size_t QUARANTINED_BLOCKS = 512;
constexpr uint32_t FILL_NEW = 0xffc0dead;       // all three read as not-a-number
constexpr uint32_t FILL_FREED = 0xffc0feed;
constexpr uint32_t FILL_ZONE = 0xffc0f00d;

char* arena;
uint64_t top = ZONE;
uint64_t used;
std::map<uint64_t, Block> blocks;               // by address
std::multimap<uint64_t, uint64_t> reusable;     // room -> address
std::deque<std::pair<uint64_t, uint64_t>> quarantine;   // (address, room), oldest first
uint64_t quarantined;
std::map<uint64_t, uint64_t> pinnedBlocks;

uint64_t base() {
    return reinterpret_cast<uint64_t>(arena);
}

void fillWords(uint64_t address, uint64_t bytes, uint32_t word) {
    auto* p = reinterpret_cast<uint32_t*>(address);
    for (uint64_t i = 0; i < bytes / 4; i++) {
        p[i] = word;
    }
}

uint64_t roomFor(uint64_t size) {
    return (size + GRAIN - 1) / GRAIN * GRAIN + ZONE;
}

void fillZone(uint64_t address, uint64_t size) {
    uint64_t begin = (address + size + 3) / 4 * 4;
    fillWords(begin, address + roomFor(size) - begin, FILL_ZONE);
}

void checkFreed(uint64_t address, uint64_t size) {
    for (uint64_t i = 0; i + 4 <= size; i += 4) {
        if (*reinterpret_cast<uint32_t*>(address + i) != FILL_FREED) {
            finding("use-after-free", text("something wrote at offset %lu of a freed block of %lu bytes",
                (unsigned long) i, (unsigned long) size));
            fillWords(address, size, FILL_FREED);
            return;
        }
    }
}

const std::pair<const uint64_t, Block>* blockBefore(uint64_t address) {
    auto next = blocks.upper_bound(address);
    return next == blocks.begin() ? nullptr : &*std::prev(next);
}

}  // namespace

uint64_t deviceTotalBytes() {
    return (uint64_t) settingNumber("memory", 4l << 30);
}

uint64_t deviceFreeBytes() {
    return used > deviceTotalBytes() ? 0 : deviceTotalBytes() - used;
}

long liveBlocks() {
    long live = 0;
    for (auto& b : blocks) {
        live += b.second.live;
    }
    return live;
}

int deviceAllocate(uint64_t* address, uint64_t size) {
    if (size == 0) {
        return INVALID_VALUE;
    }
    if (arena == nullptr) {
        void* p = mmap(nullptr, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) {
            return OUT_OF_MEMORY;
        }
        arena = static_cast<char*>(p);
        fillWords(base(), ZONE, FILL_ZONE);
    }
    uint64_t room = roomFor(size);
    if (used + size > deviceTotalBytes()) {
        return OUT_OF_MEMORY;
    }
    auto fit = reusable.lower_bound(room);
    if (fit != reusable.end() && fit->first == room) {
        *address = fit->second;
        reusable.erase(fit);
    } else if (top + room <= ARENA) {
        *address = base() + top;
        top += room;
    } else {
        return OUT_OF_MEMORY;
    }
    used += size;
    blocks[*address] = {size, true};
    fillWords(*address, size, FILL_NEW);
    fillZone(*address, size);
    markUninitialised(*address, size);
    return SUCCESS;
}

int deviceFree(uint64_t address) {
    auto found = blocks.find(address);
    if (found == blocks.end() || !found->second.live) {
        finding("free", text("cuMemFree of %#lx, which is %s", (unsigned long) address,
            found == blocks.end() ? "not the start of a block" : "free already"));
        return INVALID_VALUE;
    }
    found->second.live = false;
    used -= found->second.size;
    fillWords(address, found->second.size, FILL_FREED);
    uint64_t room = roomFor(found->second.size);
    quarantine.push_back({address, room});
    quarantined += room;
    // "recycle" hands the block out again at once, as an unlucky allocator would.
    const bool recycle = settingNumber("recycle", 0) != 0;
    while (quarantined > (recycle ? 0 : QUARANTINE) || quarantine.size() > QUARANTINED_BLOCKS) {
        auto [oldest, bytes] = quarantine.front();
        quarantine.pop_front();
        quarantined -= bytes;
        checkFreed(oldest, blocks[oldest].size);
        blocks.erase(oldest);
        reusable.insert({bytes, oldest});
    }
    return SUCCESS;
}

bool inArena(uint64_t address) {
    return arena != nullptr && address >= base() && address < base() + ARENA;
}

uint64_t arenaOffset(uint64_t address) {
    return address - base();
}

std::string deviceCheck(uint64_t address, uint64_t size) {
    if (!inArena(address)) {
        return text("%#lx is not device memory", (unsigned long) address);
    }
    auto* b = blockBefore(address);
    if (b != nullptr && address + size <= b->first + b->second.size) {
        return b->second.live ? "" : text("%lu bytes at offset %lu of a freed block of %lu bytes", (unsigned long) size,
            (unsigned long) (address - b->first), (unsigned long) b->second.size);
    }
    return b == nullptr ? text("%lu bytes before the first block", (unsigned long) size)
        : text("%lu bytes at offset %lu of a block of %lu bytes", (unsigned long) size,
            (unsigned long) (address - b->first), (unsigned long) b->second.size);
}

void deviceCheckRedzones(const char* after) {
    for (auto& [address, block] : blocks) {
        uint64_t begin = (address + block.size + 3) / 4 * 4, end = address + roomFor(block.size);
        for (uint64_t p = begin; p < end; p += 4) {
            if (*reinterpret_cast<uint32_t*>(p) != FILL_ZONE) {
                finding("overrun", text("%s: something wrote %lu bytes behind the end of a block of %lu bytes", after,
                    (unsigned long) (p - address - block.size), (unsigned long) block.size));
                fillZone(address, block.size);
                break;
            }
        }
    }
}

// A write into a freed block shows when the block is looked at again: on reuse and before a report.
void deviceCheckFreed() {
    for (auto& [address, block] : blocks) {
        if (!block.live) {
            checkFreed(address, block.size);
        }
    }
}

int pinnedAllocate(void** address, uint64_t size) {
    *address = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
    if (*address == nullptr) {
        return OUT_OF_MEMORY;
    }
    pinnedBlocks[reinterpret_cast<uint64_t>(*address)] = size;
    return SUCCESS;
}

int pinnedFree(void* address) {
    if (pinnedBlocks.erase(reinterpret_cast<uint64_t>(address)) == 0) {
        return INVALID_VALUE;
    }
    free(address);
    return SUCCESS;
}

bool pinned(const void* host, uint64_t size) {
    auto at = reinterpret_cast<uint64_t>(host);
    auto next = pinnedBlocks.upper_bound(at);
    return next != pinnedBlocks.begin() && at + size <= std::prev(next)->first + std::prev(next)->second;
}

bool assumedInitialised(uint64_t address) {
    auto* b = blockBefore(address);
    return b != nullptr && b->second.assumed;
}

void markAllInitialised() {
    for (auto& [address, block] : blocks) {
        if (block.live) {
            block.assumed = true;
        }
    }
}
