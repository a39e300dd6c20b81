package dev.sextant.zoo.data;

/// The four files of which MNIST, Fashion-MNIST and their kind consist, with what Fashion-MNIST holds in them.
enum MnistFile {
    TRAIN_IMAGES("train-images-idx3-ubyte", 47_040_016,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    TRAIN_LABELS("train-labels-idx1-ubyte", 60_008,
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    TEST_IMAGES("t10k-images-idx3-ubyte", 7_840_016,
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    TEST_LABELS("t10k-labels-idx1-ubyte", 10_008,
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    private final String fileName;
    private final int fashionBytes;
    private final String fashionSha256;

    MnistFile(String fileName, int fashionBytes, String fashionSha256) {
        this.fileName = fileName;
        this.fashionBytes = fashionBytes;
        this.fashionSha256 = fashionSha256;
    }

    /// Name of the unpacked file.
    String fileName() {
        return fileName;
    }

    /// Name of the packed file.
    String packedName() {
        return fileName + ".gz";
    }

    /// Size of Fashion-MNIST's file when it is unpacked.
    int fashionBytes() {
        return fashionBytes;
    }

    /// SHA-256 of Fashion-MNIST's file when it is unpacked. (The packed files differ from one distributor to another.)
    String fashionSha256() {
        return fashionSha256;
    }
}
