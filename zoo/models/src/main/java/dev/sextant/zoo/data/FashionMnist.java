package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.Idx;
import dev.sextant.nn.data.ImageDataset;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Fashion-MNIST: 60 000 + 10 000 grey images 28×28 of clothes in ten classes.
///
/// Looked for, in this order: the folder the user names; the folder in `$SEXTANT_DATA`; the folder of the Debian package
/// `dataset-fashion-mnist`; the cache; apt; the authors' address by HTTP. A folder that the user has named must hold the
/// data set; the other places may fail, and the next one is tried. What apt or HTTP bring is kept in the cache.
///
/// @see <a href="https://arxiv.org/abs/1708.07747">Xiao, Rasul and Vollgraf: Fashion-MNIST, 2017</a>
public final class FashionMnist {
    /// Names of the classes, by label.
    public static final List<String> CLASSES = List.of("t-shirt", "trouser", "pullover", "dress", "coat", "sandal",
            "shirt", "sneaker", "bag", "ankle boot");

    /// The variable that names a folder with the files.
    public static final String FOLDER_VARIABLE = "SEXTANT_DATA";

    private static final System.Logger LOG = System.getLogger(FashionMnist.class.getName());

    private final DataEnvironment environment;

    private FashionMnist(DataEnvironment environment) {
        this.environment = environment;
    }

    /// Finds and reads the data set on this machine, fetching it if need be.
    ///
    /// @param folder where the files lie, if the user says so
    /// @throws DataException if a named folder does not hold it, or nothing does
    public static TrainTest load(Optional<Path> folder) {
        return load(folder, DataEnvironment.system(line -> LOG.log(System.Logger.Level.INFO, line)));
    }

    /// Finds and reads the data set in the given environment, which also hears of the progress.
    public static TrainTest load(Optional<Path> folder, DataEnvironment environment) {
        return new FashionMnist(environment).find(folder);
    }

    private TrainTest find(Optional<Path> folder) {
        if (folder.isPresent()) {
            return named(folder.get(), "--data " + folder.get());
        }
        String variable = environment.variables().getOrDefault(FOLDER_VARIABLE, "").strip();
        if (!variable.isEmpty()) {
            return named(Path.of(variable), "$" + FOLDER_VARIABLE + "=" + variable);
        }
        List<String> failures = new ArrayList<>();
        Path packaged = environment.packageFolder();
        Path cache = environment.cacheFolder();
        return attempt("the Debian package's folder", packaged.toString(), () -> FashionFiles.read(packaged), failures)
                .or(() -> attempt("the cache", cache.toString(), () -> FashionFiles.read(cache), failures))
                .or(() -> attempt("apt", "apt (package dataset-fashion-mnist)", new AptSource(environment)::fetch,
                        failures))
                .or(() -> attempt("http", environment.home().toString(), new HttpSource(environment)::fetch, failures))
                .orElseThrow(() -> new DataException("Fashion-MNIST was not found and cannot be fetched. Tried %s. "
                        + "Either run 'apt install dataset-fashion-mnist', or give a folder with the four files "
                        + "(--data DIR or $%s), or train on generated shapes (--data synthetic)",
                        String.join("; ", failures), FOLDER_VARIABLE));
    }

    private TrainTest named(Path folder, String saidBy) {
        try {
            return assemble(FashionFiles.read(folder), folder.toString());
        } catch (DataException e) {
            throw new DataException(e, "%s: %s. Name a folder with the four files of Fashion-MNIST, or leave it out to "
                    + "have them found or fetched", saidBy, e.getMessage());
        }
    }

    private Optional<TrainTest> attempt(String kind, String place, Supplier<Map<MnistFile, byte[]>> source,
            List<String> failures) {
        if (kind.equals("apt") || kind.equals("http")) {
            say("fetching 31 MB from " + place);
        }
        try {
            return Optional.of(assemble(source.get(), place));
        } catch (DataException e) {
            failures.add(kind + " (" + e.getMessage() + ")");
            say("not from " + kind + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private TrainTest assemble(Map<MnistFile, byte[]> contents, String origin) {
        var whole = FashionFiles.sha256();
        var train = part("train", MnistFile.TRAIN_IMAGES, MnistFile.TRAIN_LABELS, contents, whole);
        var test = part("t10k", MnistFile.TEST_IMAGES, MnistFile.TEST_LABELS, contents, whole);
        say("read from " + origin);
        return new TrainTest("fashion-mnist", train, test, HexFormat.of().formatHex(whole.digest()), origin);
    }

    private static ImageDataset part(String name, MnistFile images, MnistFile labels, Map<MnistFile, byte[]> contents,
            MessageDigest whole) {
        whole.update(contents.get(images));
        whole.update(contents.get(labels));
        return Idx.dataset("Fashion-MNIST " + name, Idx.parse(images.fileName(), contents.get(images)),
                Idx.parse(labels.fileName(), contents.get(labels)), CLASSES);
    }

    private void say(String text) {
        LOG.log(System.Logger.Level.DEBUG, text);
        environment.progress().accept("Fashion-MNIST: " + text);
    }
}
