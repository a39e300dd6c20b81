/// The classic networks, as code that reads like the papers' tables, and their data sets.
module dev.sextant.zoo {
    requires transitive dev.sextant.nn;
    requires java.net.http;

    provides dev.sextant.nn.ModelFactory with dev.sextant.zoo.ZooModelFactory;

    exports dev.sextant.zoo;
    exports dev.sextant.zoo.data;
    exports dev.sextant.zoo.paper;
    exports dev.sextant.zoo.torchvision;
}
