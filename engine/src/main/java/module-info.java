/// Arrays, operation specs, the backend SPI and the CPU backends. Depends on the JDK alone.
module dev.sextant.engine {
    // Present only with --add-modules jdk.incubator.vector; without it plain loops do the work.
    requires static jdk.incubator.vector;
    requires jdk.jfr;

    exports dev.sextant.engine;
    exports dev.sextant.engine.error;
    exports dev.sextant.engine.op;
    exports dev.sextant.engine.random;
    exports dev.sextant.engine.spi;
    exports dev.sextant.engine.trace;

    uses dev.sextant.engine.spi.BackendProvider;
}
