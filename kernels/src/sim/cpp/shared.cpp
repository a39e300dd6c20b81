// shared.cpp -- which __shared__ arrays a compiled kernel has, and where. All those of a file lie in one section, so a
// step over the end of one would land unnoticed in an array of another kernel; on a device there is none.
// They are local variables of their kernels, named so in the library's symbol table: _ZZ8sgemm_k2E2as.
#include "sim.h"
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>

namespace {

// "_ZZ8sgemm_k2E2as" -> "sgemm_k2", if that is a kernel; else empty: a variable of a device function, or of none.
std::string kernelOf(const char* symbol, const SimKernel* kernels, int count) {
    for (int k = 0; k < count; k++) {
        const std::string prefix = text("_ZZ%zu%sE", strlen(kernels[k].name), kernels[k].name);
        if (strncmp(symbol, prefix.c_str(), prefix.size()) == 0) {
            return kernels[k].name;
        }
    }
    return "";
}

}  // namespace

void findSharedArrays(CodeObject& code, const SimKernel* kernels, int count) {
    std::ifstream in(code.file, std::ios::binary);
    const std::vector<char> elf((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    auto* header = reinterpret_cast<const Elf64_Ehdr*>(elf.data());
    auto* sections = reinterpret_cast<const Elf64_Shdr*>(elf.data() + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB) {
            continue;
        }
        auto* symbols = reinterpret_cast<const Elf64_Sym*>(elf.data() + sections[i].sh_offset);
        const char* names = elf.data() + sections[sections[i].sh_link].sh_offset;
        for (size_t s = 0; s < sections[i].sh_size / sizeof(Elf64_Sym); s++) {
            char* begin = code.dataBegin + symbols[s].st_value;
            if (ELF64_ST_TYPE(symbols[s].st_info) == STT_OBJECT && begin >= code.sharedBegin && begin < code.sharedEnd) {
                code.sharedArrays.push_back({begin, begin + symbols[s].st_size,
                    kernelOf(names + symbols[s].st_name, kernels, count)});
            }
        }
    }
}
