// graphs.cpp -- capture of a stream's work, and launching it again as a whole. A graph is the chain of what one stream was
// given; parameters of kernels were copied then, memory is read when it runs.
#include "driver.h"

bool capturesNow(void* stream) {
    Stream* s = streamOf(stream);
    if (s == nullptr || s->capture == nullptr) {
        return false;
    }
    s->capture->invalidated = true;
    return true;
}

extern "C" {

int cuStreamBeginCapture_v2(void* stream, int) {
    ENTER("cuStreamBeginCapture")
    Stream* s = streamOf(stream);
    if (s == nullptr || s == defaultStream()) {
        return s == nullptr ? INVALID_HANDLE : CAPTURE_UNSUPPORTED;
    }
    if (s->capture != nullptr) {
        return CAPTURE_UNSUPPORTED;
    }
    s->capture = new Graph;
    return SUCCESS;
}

int cuStreamEndCapture(void* stream, void** graph) {
    ENTER("cuStreamEndCapture")
    Stream* s = streamOf(stream);
    if (s == nullptr || s->capture == nullptr) {
        return s == nullptr ? INVALID_HANDLE : CAPTURE_UNMATCHED;
    }
    Graph* captured = s->capture;
    s->capture = nullptr;
    if (captured->invalidated) {
        delete captured;
        *graph = nullptr;
        return CAPTURE_INVALIDATED;
    }
    *graph = captured;
    return SUCCESS;
}

int cuStreamIsCapturing(void* stream, int* status) {
    ENTER("cuStreamIsCapturing")
    Stream* s = streamOf(stream);
    *status = s == nullptr || s->capture == nullptr ? 0 : s->capture->invalidated ? 2 : 1;
    return s == nullptr ? INVALID_HANDLE : SUCCESS;
}

int cuGraphInstantiateWithFlags(void** exec, void* graph, unsigned long long) {
    ENTER("cuGraphInstantiate")
    *exec = new Graph(*static_cast<Graph*>(graph));
    return SUCCESS;
}

int cuGraphLaunch(void* exec, void* stream) {
    ENTER("cuGraphLaunch")
    Stream* s = streamOf(stream);
    if (s == nullptr) {
        return INVALID_HANDLE;
    }
    for (const Work& work : static_cast<Graph*>(exec)->works) {
        if (int rc = enqueue(s, work)) {
            return rc;
        }
    }
    return SUCCESS;
}

int cuGraphDestroy(void* graph) {
    ENTER("cuGraphDestroy")
    delete static_cast<Graph*>(graph);
    return SUCCESS;
}

int cuGraphExecDestroy(void* exec) {
    ENTER("cuGraphExecDestroy")
    delete static_cast<Graph*>(exec);
    return SUCCESS;
}

}  // extern "C"
