// streams.cpp -- streams and events. Work is queued with the event it waits for; when it runs depends on the setting
// "order": "eager" runs it at once, "lazy" only when somebody synchronises or asks, picking at random among the
// streams that may go on. So a program that forgot to wait for an event reads what is not there yet.
#include "streams.h"
#include <cstring>

namespace {

std::vector<Stream*> streams;
int stickyError;
bool draining;

bool lazy() {
    return setting("order", "eager") == "lazy";
}

bool runnable(const Work& w) {
    return w.awaited == nullptr || w.awaited->completed >= w.awaitedRecord;
}

void runOne(Stream* s) {
    Work work = std::move(s->queue.front());
    s->queue.pop_front();
    if (stickyError == SUCCESS && work.run) {
        int rc = work.run();
        if (rc != SUCCESS) {
            stickyError = rc;
        }
    }
    if (work.recorded != nullptr) {
        work.recorded->completed = work.recordNumber;
        work.recorded->clock = ++simulatedClock;
    }
}

// Runs one piece of work of any stream; false when nothing can go on.
bool runAny() {
    std::vector<Stream*> ready;
    for (Stream* s : streams) {
        if (!s->queue.empty() && runnable(s->queue.front())) {
            ready.push_back(s);
        }
    }
    if (ready.empty()) {
        return false;
    }
    runOne(ready[randomNumber(ready.size())]);
    return true;
}

}  // namespace

long simulatedClock;

Stream* newStream(bool blocking) {
    auto* s = new Stream{{}, blocking};
    streams.push_back(s);
    return s;
}

Stream* defaultStream() {
    static Stream* s = newStream(true);
    return s;
}

void dropStream(Stream* s) {
    drain(s);
    for (size_t i = 0; i < streams.size(); i++) {
        if (streams[i] == s) {
            streams.erase(streams.begin() + i);
            break;
        }
    }
    delete s;
}

bool knownStream(const Stream* s) {
    for (const Stream* known : streams) {
        if (known == s) {
            return true;
        }
    }
    return false;
}

bool capturing() {
    bool any = false;
    for (Stream* s : streams) {
        if (s->capture != nullptr) {
            s->capture->invalidated = true;
            any = true;
        }
    }
    return any;
}

void drain(const Stream* s) {
    while (!s->queue.empty()) {
        if (!runAny()) {
            finding("deadlock", "a stream waits for an event that is recorded behind it");
            stickyError = LAUNCH_FAILED;
            return;
        }
    }
}

void drainAll() {
    while (runAny()) {
    }
}

// The legacy default stream waits for every blocking stream, and they for it.
void drainBlocking() {
    for (size_t i = 0; i < streams.size(); i++) {
        if (streams[i]->blocking) {
            drain(streams[i]);
        }
    }
}

void step() {
    runAny();
}

int enqueue(Stream* s, Work work) {
    if (s->capture != nullptr) {
        s->capture->works.push_back(std::move(work));
        return SUCCESS;
    }
    if (s->blocking) {
        drainBlocking();
    }
    s->queue.push_back(std::move(work));
    if (!lazy() && !draining) {
        draining = true;
        drainAll();
        draining = false;
    }
    return SUCCESS;
}

int sticky() {
    return stickyError;
}

void fail(int rc) {
    if (stickyError == SUCCESS) {
        stickyError = rc;
    }
}

void streamsReset() {
    for (Stream* s : streams) {
        for (Work& work : s->queue) {
            if (work.recorded != nullptr) {
                work.recorded->completed = work.recordNumber;   // nobody waits for what will never run
            }
        }
        s->queue.clear();
        delete s->capture;
        s->capture = nullptr;
    }
    stickyError = SUCCESS;
}
