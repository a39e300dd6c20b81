// modules.cpp -- modules, functions and launches. A module is PTX text; the code that runs is the same source compiled
// by g++, found by the source's name, and refused unless hash and parameter sizes agree with the PTX.
#include "driver.h"
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <memory>
#include <unistd.h>

namespace {

// A parameter list as the PTX text declares it.
struct PtxEntry {
    std::vector<unsigned> sizes;
};
struct Compiled {
    CodeObject code;
    const SimKernel* kernels;
    int count;
    std::string sourceHash;
};
struct Module {
    std::string source, hash;
    int target = 0;                 // least compute capability times ten
    std::map<std::string, PtxEntry> entries;
};
struct Function {
    std::string name, source, hash;
    std::vector<unsigned> sizes;
};
std::map<std::string, std::unique_ptr<Compiled>> compiled;          // by file

int findLoaded(struct dl_phdr_info* info, size_t, void* data) {
    auto* code = static_cast<CodeObject*>(data);
    if (info->dlpi_name != nullptr && code->file == info->dlpi_name) {
        for (int i = 0; i < info->dlpi_phnum; i++) {
            if (info->dlpi_phdr[i].p_type == PT_LOAD) {
                char* end = reinterpret_cast<char*>(info->dlpi_addr) + info->dlpi_phdr[i].p_vaddr
                    + info->dlpi_phdr[i].p_memsz;
                code->dataEnd = end > code->dataEnd ? end : code->dataEnd;
            }
        }
        code->dataBegin = reinterpret_cast<char*>(info->dlpi_addr);
        return 1;
    }
    return 0;
}

const std::string& ownFolder() {
    static const std::string folder = [] {
        Dl_info info;
        dladdr(reinterpret_cast<void*>(&findLoaded), &info);
        char real[PATH_MAX];
        std::string file = realpath(info.dli_fname, real) == nullptr ? info.dli_fname : real;
        return file.substr(0, file.rfind('/'));
    }();
    return folder;
}

// The host-compiled twin of a PTX module: name.so or name.traced.so, in the folder "variants" if it is there (how a
// test plants a bug), else beside the simulator.
Compiled* load(const std::string& source, bool traced) {
    std::string stem = source.substr(0, source.rfind('.'));
    std::string name = "/" + stem + (traced ? ".traced.so" : ".so");
    std::string file = setting("variants", "") + name;
    if (setting("variants", "").empty() || access(file.c_str(), R_OK) != 0) {
        file = ownFolder() + name;
    }
    auto found = compiled.find(file);
    if (found != compiled.end()) {
        return found->second.get();
    }
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        finding("module", text("cannot load %s: %s", file.c_str(), dlerror()));
        return nullptr;
    }
    auto c = std::make_unique<Compiled>();
    c->kernels = static_cast<const SimKernel*>(dlsym(library, "sim_kernels"));
    c->count = *static_cast<const int*>(dlsym(library, "sim_kernel_count"));
    c->sourceHash = static_cast<const char*>(dlsym(library, "sim_source_hash"));
    c->code.file = file;
    c->code.dataBegin = c->code.dataEnd = nullptr;
    c->code.sharedBegin = *static_cast<char**>(dlsym(library, "sim_shared_begin"));
    c->code.sharedEnd = *static_cast<char**>(dlsym(library, "sim_shared_end"));
    dl_iterate_phdr(findLoaded, &c->code);
    findSharedArrays(c->code, c->kernels, c->count);
    return (compiled[file] = std::move(c)).get();
}

const SimKernel* kernelOf(const Compiled& c, const std::string& name) {
    for (int i = 0; i < c.count; i++) {
        if (name == c.kernels[i].name) {
            return &c.kernels[i];
        }
    }
    return nullptr;
}

// Reads what the driver would: the entry points and the sizes of their parameters.
bool parsePtx(const std::string& ptx, Module& m) {
    static const char STAMP[] = "// sextant source ";
    size_t at = ptx.find(STAMP);
    if (at == std::string::npos) {
        finding("module", "this PTX carries no line '// sextant source FILE sha256 HASH'");
        return false;
    }
    char source[256], hash[128];
    if (sscanf(ptx.c_str() + at + sizeof STAMP - 1, "%255s sha256 %127s", source, hash) != 2) {
        finding("module", "the source line of this PTX cannot be read");
        return false;
    }
    m.source = source;
    m.hash = hash;
    size_t target = ptx.find(".target sm_");
    m.target = target == std::string::npos ? 0 : (int) strtol(ptx.c_str() + target + 11, nullptr, 10);
    for (size_t p = ptx.find(".entry "); p != std::string::npos; p = ptx.find(".entry ", p)) {
        size_t open = ptx.find('(', p), close = ptx.find("\n)", p);
        std::string name = ptx.substr(p + 7, open - p - 7);
        PtxEntry entry;
        for (size_t q = ptx.find(".param", open); q != std::string::npos && q < close; q = ptx.find(".param", q + 1)) {
            std::string line = ptx.substr(q, ptx.find('\n', q) - q);
            size_t array = line.find('[');
            if (array != std::string::npos) {
                entry.sizes.push_back((unsigned) strtol(line.c_str() + array + 1, nullptr, 10));
            } else {
                entry.sizes.push_back(line.find("64") < line.find(' ', 7) ? 8 : 4);
            }
        }
        m.entries[name] = entry;
        p = close;
    }
    return true;
}

int launchNow(const Function& f, SimDim grid, SimDim block, unsigned dynamicShared, std::vector<char>& values) {
    bool traced = settingNumber("trace", 0) != 0;
    Compiled* c = load(f.source, traced);
    if (c == nullptr) {
        return NO_BINARY_FOR_GPU;
    }
    const SimKernel* k = kernelOf(*c, f.name);
    if (k == nullptr) {
        return NOT_FOUND;
    }
    // One buffer: the table of pointers, then the values.
    size_t table = (f.sizes.size() * sizeof(void*) + 15) / 16 * 16;
    std::vector<char> constants(table + values.size());
    memcpy(constants.data() + table, values.data(), values.size());
    auto** parameters = reinterpret_cast<void**>(constants.data());
    size_t at = table;
    for (size_t i = 0; i < f.sizes.size(); i++) {
        parameters[i] = constants.data() + at;
        at += (f.sizes[i] + 15) / 16 * 16;
    }
    Launch launch = {k, &c->code, grid, block, dynamicShared, traced, constants.data(),
        constants.data() + constants.size()};
    long before = findingsNow();
    int rc = runLaunch(launch, parameters);
    if (!traced) {
        assumeAllInitialised();
    }
    return rc != SUCCESS ? rc : findingsNow() > before ? LAUNCH_FAILED : SUCCESS;
}

}  // namespace

extern "C" {

int cuModuleLoadData(void** module, const void* image) {
    ENTER("cuModuleLoadData")
    MAY_WAIT
    auto m = std::make_unique<Module>();
    if (!parsePtx(static_cast<const char*>(image), *m)) {
        return INVALID_PTX;
    }
    Compiled* c = load(m->source, settingNumber("trace", 0) != 0);
    if (c == nullptr || m->target > capability()) {
        return NO_BINARY_FOR_GPU;
    }
    if (c->sourceHash != m->hash) {
        finding("module", text("%s: the PTX was made from another source (%s) than the simulated kernels (%s)",
            m->source.c_str(), m->hash.c_str(), c->sourceHash.c_str()));
        return INVALID_PTX;
    }
    *module = m.release();
    return SUCCESS;
}

int cuModuleUnload(void* module) {
    ENTER("cuModuleUnload")
    drainAll();
    delete static_cast<Module*>(module);
    return SUCCESS;
}

int cuModuleGetFunction(void** function, void* module, const char* name) {
    ENTER("cuModuleGetFunction")
    auto* m = static_cast<Module*>(module);
    auto entry = m->entries.find(name);
    Compiled* c = load(m->source, settingNumber("trace", 0) != 0);
    const SimKernel* k = c == nullptr ? nullptr : kernelOf(*c, name);
    if (entry == m->entries.end() || k == nullptr) {
        return NOT_FOUND;
    }
    std::vector<unsigned> sizes(k->parameterSizes, k->parameterSizes + k->parameterCount);
    if (sizes != entry->second.sizes) {
        finding("module", text("%s: its parameters in PTX and in the simulated kernel differ in size", name));
        return INVALID_PTX;
    }
    *function = new Function{name, m->source, m->hash, sizes};
    return SUCCESS;
}

int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
        unsigned dynamicShared, void* stream, void** parameters, void**) {
    ENTER("cuLaunchKernel")
    auto* f = static_cast<Function*>(function);
    if (gx == 0 || gy == 0 || gz == 0 || bx == 0 || by == 0 || bz == 0 || gy > 65535 || gz > 65535 || bx > 1024
            || by > 1024 || bz > 64 || (uint64_t) bx * by * bz > 1024 || dynamicShared > 48 * 1024) {
        finding("launch", text("%s: grid (%u,%u,%u), block (%u,%u,%u), %u bytes of shared memory exceed a limit",
            f->name.c_str(), gx, gy, gz, bx, by, bz, dynamicShared));
        return INVALID_VALUE;
    }
    // The values are taken now, as the driver does; what they point to is read when the kernel runs.
    auto values = std::make_shared<std::vector<char>>();
    for (size_t i = 0; i < f->sizes.size(); i++) {
        size_t at = values->size();
        values->resize(at + (f->sizes[i] + 15) / 16 * 16);
        memcpy(values->data() + at, parameters[i], f->sizes[i]);
    }
    Function copy = *f;
    return copyWork("cuLaunchKernel", streamOf(stream), [=] {
        return launchNow(copy, {gx, gy, gz}, {bx, by, bz}, dynamicShared, *values);
    });
}

}  // extern "C"
