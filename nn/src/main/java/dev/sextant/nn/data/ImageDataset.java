package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.util.List;

/// A data set in memory: all pixels in one byte array, `[size, C, H, W]`, with a label and a class name each.
public final class ImageDataset implements Dataset {
    private final Shape imageShape;
    private final int imageBytes;
    private final byte[] pixels;
    private final int[] labels;
    private final List<String> classNames;

    /// Takes the arrays as they are, without a copy: do not change them afterwards.
    ///
    /// @param imageShape `[C, H, W]`
    /// @param pixels     unsigned bytes, `labels.length · C · H · W` of them, row-major
    /// @param labels     class of each image, an index into `classNames`
    /// @param classNames names of the classes
    /// @throws DataException if the sizes do not fit together or a label has no class
    public ImageDataset(Shape imageShape, byte[] pixels, int[] labels, List<String> classNames) {
        if (imageShape.rank() != 3 || imageShape.size() == 0) {
            throw new DataException("image data: the shape of an image is [C, H, W] with extents >= 1, but got %s",
                    imageShape);
        }
        if (pixels.length != labels.length * imageShape.size()) {
            throw new DataException("image data: %d labels of images %s need %d·%d = %d pixels, but there are %d",
                    labels.length, imageShape, labels.length, imageShape.size(), labels.length * imageShape.size(),
                    pixels.length);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new DataException("image data: image %d has label %d, but the classes are 0..%d", i, labels[i],
                        classNames.size() - 1);
            }
        }
        this.imageShape = imageShape;
        this.imageBytes = (int) imageShape.size();
        this.pixels = pixels;
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Shape imageShape() {
        return imageShape;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public void readImage(int index, byte[] target, int offset) {
        System.arraycopy(pixels, index * imageBytes, target, offset, imageBytes);
    }

    @Override
    public String toString() {
        return labels.length + " images " + imageShape + " of " + classNames.size() + " classes";
    }
}
