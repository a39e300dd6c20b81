package dev.sextant.zoo.data;

/// The four files of which MNIST, Fashion-MNIST and their kind consist.
enum MnistFile {
    TRAIN_IMAGES("train-images-idx3-ubyte"),
    TRAIN_LABELS("train-labels-idx1-ubyte"),
    TEST_IMAGES("t10k-images-idx3-ubyte"),
    TEST_LABELS("t10k-labels-idx1-ubyte");

    private final String fileName;

    MnistFile(String fileName) {
        this.fileName = fileName;
    }

    /// Name of the unpacked file.
    String fileName() {
        return fileName;
    }

    /// Name of the packed file.
    String packedName() {
        return fileName + ".gz";
    }
}
