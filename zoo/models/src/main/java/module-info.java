/// The classic networks and their data sets.
module dev.sextant.zoo {
    requires transitive dev.sextant.nn;
    requires java.net.http;

    exports dev.sextant.zoo.data;
}
