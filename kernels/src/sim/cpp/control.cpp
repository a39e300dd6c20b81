// control.cpp -- settings, findings and the report: the simulator's own functions, called by its Java side.
#include "sim.h"
#include <algorithm>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

std::recursive_mutex simLock;

namespace {

constexpr size_t KEPT_TEXTS = 8;

struct Findings {
    long count = 0;
    std::vector<std::string> texts;
};

std::map<std::string, std::string> settings;
std::map<std::string, Findings> findings;
long findingCount;
uint64_t randomState = 1;

}  // namespace

std::string text(const char* format, ...) {
    char buffer[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    return buffer;
}

void finding(const char* kind, const std::string& what) {
    Findings& f = findings[kind];
    findingCount++;
    f.count++;
    if (f.texts.size() < KEPT_TEXTS) {
        f.texts.push_back(what);
    }
}

std::string setting(const char* key, const char* fallback) {
    auto found = settings.find(key);
    return found == settings.end() ? fallback : found->second;
}

long settingNumber(const char* key, long fallback) {
    auto found = settings.find(key);
    return found == settings.end() ? fallback : strtol(found->second.c_str(), nullptr, 10);
}

unsigned randomNumber(unsigned bound) {         // splitmix64
    uint64_t z = randomState += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return (unsigned) ((z ^ z >> 31) % bound);
}

extern "C" {

void sim_set(const char* key, const char* value) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    settings[key] = value;
    if (strcmp(key, "seed") == 0) {
        randomState = strtoull(value, nullptr, 10);
    }
}

long sim_findings(void) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    deviceCheckFreed();
    return findingCount;
}

// Lines of tab-separated fields: "finding kind count", "text kind message", then the tracer's counters.
// Returns the length that the whole report needs.
long sim_report(char* buffer, long capacity) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    deviceCheckFreed();
    std::string out;
    for (auto& [kind, f] : findings) {
        out += "finding\t" + kind + "\t" + std::to_string(f.count) + "\n";
        for (auto& t : f.texts) {
            out += "text\t" + kind + "\t" + t + "\n";
        }
    }
    traceReport(out);
    if (capacity > 0) {
        size_t n = std::min<size_t>(out.size(), capacity - 1);
        memcpy(buffer, out.data(), n);
        buffer[n] = 0;
    }
    return (long) out.size() + 1;
}

}  // extern "C"

long findingsNow() {
    return findingCount;
}

void clearFindings() {
    findings.clear();
    findingCount = 0;
}
