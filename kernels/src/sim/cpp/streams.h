// streams.h -- queues of simulated device work.
#pragma once
#include "sim.h"
#include <deque>

struct Event {
    bool captured = false;      // last recorded into a graph: nobody can wait for that
    long records = 0;           // times that cuEventRecord was called
    long completed = 0;         // the last of them that has run
    long clock = 0;
};

struct Work {
    std::function<int()> run;   // may be empty
    Event* awaited = nullptr;   // this work waits until record number awaitedRecord of this event has run
    long awaitedRecord = 0;
    Event* recorded = nullptr;
    long recordNumber = 0;
};

// What a capturing stream was given, in order; launched, it is queued again as it is.
struct Graph {
    std::vector<Work> works;
    bool invalidated = false;
};

struct Stream {
    std::deque<Work> queue;
    bool blocking;
    Graph* capture = nullptr;
};

extern long simulatedClock;

Stream* newStream(bool blocking);
Stream* defaultStream();
void dropStream(Stream* s);
bool knownStream(const Stream* s);
bool capturing();               // any stream; a call that might wait for the device then ends the capture
void drain(const Stream* s);
void drainAll();
void drainBlocking();
void step();                    // lets the device do a little, as time would
int enqueue(Stream* s, Work work);
int sticky();                   // the error that poisons the context, or SUCCESS
void fail(int rc);
void streamsReset();
