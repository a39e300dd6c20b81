/// All of Sextant but the command line and the GPU, as one module: what `sextant-all.jar` says of itself. It is the
/// union of the descriptors of engine, autograd, nn and zoo-models, which a test compares it with.
module dev.sextant {
    requires static java.desktop;
    requires static jdk.incubator.vector;
    requires java.net.http;
    requires jdk.jfr;

    exports dev.sextant.autograd;
    exports dev.sextant.engine;
    exports dev.sextant.engine.error;
    exports dev.sextant.engine.op;
    exports dev.sextant.engine.random;
    exports dev.sextant.engine.spi;
    exports dev.sextant.engine.trace;
    exports dev.sextant.nn;
    exports dev.sextant.nn.data;
    exports dev.sextant.nn.init;
    exports dev.sextant.nn.io;
    exports dev.sextant.nn.metrics;
    exports dev.sextant.nn.optim;
    exports dev.sextant.nn.train;
    exports dev.sextant.zoo;
    exports dev.sextant.zoo.data;
    exports dev.sextant.zoo.paper;
    exports dev.sextant.zoo.torchvision;

    uses dev.sextant.engine.spi.BackendProvider;
    uses dev.sextant.nn.ModelFactory;

    provides dev.sextant.nn.ModelFactory with dev.sextant.zoo.ZooModelFactory;
}
