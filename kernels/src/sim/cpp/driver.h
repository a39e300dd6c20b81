// driver.h -- what the functions of the driver API share.
#pragma once
#include "streams.h"

// What every call that needs a context begins with: injected failures, the context, an earlier error.
int enter(const char* name);

#define ENTER(name) \
    std::lock_guard<std::recursive_mutex> guard(simLock); \
    if (int rc = enter(name)) { \
        return rc; \
    }

// A call that may wait for the device is not allowed while a stream records, and spoils the recording.
#define MAY_WAIT \
    if (capturing()) { \
        return CAPTURE_UNSUPPORTED; \
    }

bool capturesNow(void* stream);                 // and spoils the recording
Stream* streamOf(void* handle);                 // null if it is none
int copyWork(const char* name, Stream* s, std::function<int()> run);
int capability();                               // compute capability times ten
long findingsNow();
void clearFindings();
