package dev.sextant.bench.peers;

/// What images are counted against.
enum Clock {
    /// Time as it passes: what users wait for.
    WALL {
        @Override
        double seconds(WorkerProcess.Turn turn) {
            return turn.seconds();
        }
    },
    /// The process's processor time: being put aside does not count, so that one thread can be measured on a machine
    /// that others use too. Compilers' and collectors' threads do count. Says nothing about several threads, which
    /// burn time while they wait for each other.
    CPU {
        @Override
        double seconds(WorkerProcess.Turn turn) {
            return turn.processorSeconds();
        }
    };

    /// The time of a turn.
    abstract double seconds(WorkerProcess.Turn turn);

    /// Images per second.
    final double rate(WorkerProcess.Turn turn) {
        return turn.images() / seconds(turn);
    }
}
