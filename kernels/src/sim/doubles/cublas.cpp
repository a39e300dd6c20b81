// cublas.cpp -- a double of cuBLAS 12: handles, and the products of float32 matrices, as the cuBLAS documentation
// describes them (matrices are stored by columns: element (i, j) lies at i + j * ld).
#include "doubles.h"

using namespace doubles;

namespace {

enum Status {
    OK = 0, NOT_INITIALIZED_HANDLE = 1, INVALID = 7, EXECUTION_FAILED = 13, UNSUPPORTED = 15
};
enum Operation { N = 0, T = 1, C = 2 };
enum MathMode { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, PEDANTIC_MATH = 2, TF32_MATH = 3 };
constexpr uint64_t WORKSPACE_ALIGNMENT = 256;

struct Handle {
    Stream* stream = nullptr;
    int math = DEFAULT_MATH;
    bool hostScalars = true;
    Argument workspace{"workspace", nullptr, 0, Argument::SCRATCH};
};

std::set<Handle*> handles;

int refuse(int status, const std::string& why) {
    finding("cublas", why);
    return status;
}

Handle* known(void* handle) {
    auto* h = static_cast<Handle*>(handle);
    return handles.count(h) ? h : nullptr;
}

// What every call begins with. An injected failure is passed on; the driver's own codes become "execution failed".
int begin(const char* function, void* handle, Handle** h) {
    if (int rc = enter(function)) {
        return rc <= UNSUPPORTED ? rc : (int) EXECUTION_FAILED;
    }
    *h = known(handle);
    return *h != nullptr ? (int) OK
        : refuse(NOT_INITIALIZED_HANDLE, std::string(function) + ": no such handle (cublasCreate makes one)");
}

struct Matrix {
    const char* name;
    const float* first;
    int operation;
    int rows, columns;          // as stored
    long ld;
    long stride;                // from one of a batch to the next
    uint64_t bytes(int batches) const {
        return rows == 0 || columns == 0 || batches == 0 ? 0
            : 4 * ((batches - 1) * (uint64_t) stride + ld * (uint64_t) (columns - 1) + rows);
    }
    // Element (i, j) of op(matrix).
    float at(int batch, int i, int j) const {
        const float* m = first + batch * stride;
        return operation == N ? m[i + j * ld] : m[j + i * ld];
    }
};

Matrix operand(const char* name, const void* first, int operation, int rows, int columns, long ld, long stride) {
    bool asIs = operation == N;
    return {name, static_cast<const float*>(first), operation, asIs ? rows : columns, asIs ? columns : rows, ld,
        stride};
}

std::string checkLeading(const char* function, const Matrix& m) {
    int least = m.rows > 1 ? m.rows : 1;
    return m.ld >= least ? "" : text("%s: ld%c = %ld, but %s has %d rows as stored (%d columns): it must be at least"
        " %d", function, m.name[0] + ('a' - 'A'), m.ld, m.name, m.rows, m.columns, least);
}

int product(const char* function, void* handle, int operationA, int operationB, int m, int n, int k,
        const float* alphaPointer, const void* aFirst, int lda, long strideA, const void* bFirst, int ldb,
        long strideB, const float* betaPointer, void* cFirst, int ldc, long strideC, int batches) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin(function, handle, &h)) {
        return status;
    }
    if (operationA < N || operationA > C || operationB < N || operationB > C) {
        return refuse(INVALID, text("%s: operations %d, %d; known are 0 (as is), 1 and 2 (transposed)", function,
            operationA, operationB));
    }
    if (m < 0 || n < 0 || k < 0 || batches < 0) {
        return refuse(INVALID, text("%s: negative extents m=%d n=%d k=%d batch=%d", function, m, n, k, batches));
    }
    Matrix a = operand("A", aFirst, operationA, m, k, lda, strideA);
    Matrix b = operand("B", bFirst, operationB, k, n, ldb, strideB);
    Matrix c = operand("C", cFirst, N, m, n, ldc, strideC);
    for (const Matrix* x : {&a, &b, &c}) {
        std::string why = checkLeading(function, *x);
        if (!why.empty()) {
            return refuse(INVALID, why);
        }
    }
    if (!h->hostScalars || !hostScalar(alphaPointer) || !hostScalar(betaPointer)) {
        return refuse(INVALID, text("%s: alpha and beta must be host memory in pointer mode HOST", function));
    }
    const float alpha = *alphaPointer, beta = *betaPointer;
    if (m == 0 || n == 0 || batches == 0) {
        return OK;
    }
    if (batches > 1 && strideC < (n - 1) * (long) ldc + m) {
        return refuse(INVALID, text("%s: strideC = %ld lets the results of a batch overlap; C spans %ld elements",
            function, strideC, (n - 1) * (long) ldc + m));
    }
    std::vector<Argument> arguments{{"A", aFirst, k == 0 ? 0 : a.bytes(batches), Argument::READ},
        {"B", bFirst, k == 0 ? 0 : b.bytes(batches), Argument::READ},
        {"C", cFirst, c.bytes(batches), beta == 0 ? Argument::WRITE : Argument::UPDATE}, h->workspace};
    std::string why = wrong(function, arguments, false);
    if (!why.empty()) {
        return refuse(EXECUTION_FAILED, why);
    }
    const bool rounds = h->math == TF32_MATH && settingNumber("capability", 80) >= 80;
    return queue("cublas", function, h->stream, arguments, false, [=] {
        auto* result = static_cast<float*>(cFirst);
        for (int batch = 0; batch < batches; batch++) {
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < m; i++) {
                    double sum = 0;
                    for (int l = 0; l < k; l++) {
                        float x = a.at(batch, i, l), y = b.at(batch, l, j);
                        sum += rounds ? (double) tf32(x) * tf32(y) : (double) x * y;
                    }
                    blend(result[batch * strideC + i + j * (long) ldc], sum, alpha, beta);
                }
            }
        }
    });
}

}  // namespace

extern "C" {

int cublasCreate_v2(void** handle) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    if (int rc = enter("cublasCreate")) {
        return rc <= UNSUPPORTED ? rc : (int) NOT_INITIALIZED_HANDLE;
    }
    auto* h = new Handle;
    h->stream = defaultStream();
    handles.insert(h);
    *handle = h;
    return OK;
}

int cublasDestroy_v2(void* handle) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasDestroy", handle, &h)) {
        return status;
    }
    handles.erase(h);
    delete h;
    return OK;
}

// "Unconditionally resets the cuBLAS library workspace back to the default workspace pool."
int cublasSetStream_v2(void* handle, void* stream) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasSetStream", handle, &h)) {
        return status;
    }
    if (streamOf(stream) == nullptr) {
        return refuse(INVALID, "cublasSetStream: no such stream");
    }
    h->stream = streamOf(stream);
    h->workspace.bytes = 0;
    return OK;
}

int cublasGetStream_v2(void* handle, void** stream) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasGetStream", handle, &h)) {
        return status;
    }
    *stream = h->stream;
    return OK;
}

int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasSetWorkspace", handle, &h)) {
        return status;
    }
    Argument given{"workspace", workspace, bytes, Argument::SCRATCH};
    std::string why = wrong("cublasSetWorkspace", given);
    if (reinterpret_cast<uint64_t>(workspace) % WORKSPACE_ALIGNMENT != 0) {
        why = "cublasSetWorkspace: the workspace must be aligned to 256 bytes";
    }
    if (!why.empty()) {
        return refuse(INVALID, why);
    }
    h->workspace = given;
    return OK;
}

int cublasSetMathMode(void* handle, int mode) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasSetMathMode", handle, &h)) {
        return status;
    }
    if (mode < DEFAULT_MATH || mode > TF32_MATH) {
        return refuse(INVALID, text("cublasSetMathMode: %d is no math mode", mode));
    }
    h->math = mode;
    return OK;
}

int cublasGetMathMode(void* handle, int* mode) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasGetMathMode", handle, &h)) {
        return status;
    }
    *mode = h->math;
    return OK;
}

int cublasSetPointerMode_v2(void* handle, int mode) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    if (int status = begin("cublasSetPointerMode", handle, &h)) {
        return status;
    }
    h->hostScalars = mode == 0;
    return OK;
}

int cublasSetAtomicsMode(void* handle, int) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    Handle* h;
    return begin("cublasSetAtomicsMode", handle, &h);   // the double's sums have one order anyway
}

int cublasGetVersion_v2(void*, int* version) {
    *version = 120603;
    return OK;
}

int cublasSgemm_v2(void* handle, int operationA, int operationB, int m, int n, int k, const float* alpha,
        const void* a, int lda, const void* b, int ldb, const float* beta, void* c, int ldc) {
    return product("cublasSgemm", handle, operationA, operationB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc,
        0, 1);
}

int cublasSgemmStridedBatched(void* handle, int operationA, int operationB, int m, int n, int k, const float* alpha,
        const void* a, int lda, long long strideA, const void* b, int ldb, long long strideB, const float* beta,
        void* c, int ldc, long long strideC, int batches) {
    return product("cublasSgemmStridedBatched", handle, operationA, operationB, m, n, k, alpha, a, lda, strideA, b, ldb,
        strideB, beta, c, ldc, strideC, batches);
}

long sim_cublas_handles(void) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    return (long) handles.size();
}

}  // extern "C"
