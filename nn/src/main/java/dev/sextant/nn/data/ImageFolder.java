package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Images in folders, one folder per class: `root/cat/1.png`, `root/dog/anything/2.jpg`. Classes are the folders' names
/// in the order of their characters, as torchvision's `ImageFolder` has it; hidden files and other kinds of files are
/// passed over. Every image is decoded when it is asked for and made a square ([ImageFile#square]), so only the batches
/// take memory.
public final class ImageFolder implements Dataset {
    private static final Set<String> KINDS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

    private final Shape imageShape;
    private final List<String> classNames;
    private final List<Path> files = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    /// Lists the files of a folder; none is decoded yet.
    ///
    /// @param channels 1 or 3
    /// @param size     height and width that images are brought to
    /// @throws DataException if there is no such folder, it has no folders in it, or one of these has no image
    public ImageFolder(Path root, int channels, int size) {
        imageShape = Shape.of(channels, size, size);
        try (Stream<Path> folders = Files.list(root)) {
            List<Path> classes = folders.filter(Files::isDirectory).filter(f -> !isHidden(f)).sorted().toList();
            if (classes.isEmpty()) {
                throw new DataException("%s: an image folder has one folder per class, root/cat/1.png and so on, but "
                        + "there is none", root);
            }
            classNames = classes.stream().map(f -> f.getFileName().toString()).toList();
            for (Path folder : classes) {
                list(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new DataException(e, "%s: cannot be listed: %s", root, e);
        }
    }

    private void list(Path folder) throws IOException {
        int before = files.size();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile).filter(f -> !isHidden(f) && KINDS.contains(kind(f))).sorted()
                    .forEach(files::add);
        }
        if (files.size() == before) {
            throw new DataException("%s: a class without images; %s are looked for", folder,
                    KINDS.stream().sorted().map(k -> "." + k).toList());
        }
        while (labels.size() < files.size()) {
            labels.add(classNames.indexOf(folder.getFileName().toString()));
        }
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    private static String kind(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /// The file of image `index`.
    public Path file(int index) {
        return files.get(index);
    }

    @Override
    public int size() {
        return files.size();
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
        return labels.get(index);
    }

    /// Decodes the file.
    ///
    /// @throws DataException if it is damaged, naming it
    @Override
    public void readImage(int index, byte[] target, int offset) {
        byte[] pixels = ImageFile.read(files.get(index), imageShape.dim(0)).square(imageShape.dim(1)).pixels();
        System.arraycopy(pixels, 0, target, offset, pixels.length);
    }

    @Override
    public String toString() {
        return size() + " image files of " + classNames.size() + " classes as " + imageShape;
    }
}
