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
/// Looked for, in this order: the folder the user names; the folder in `$SEXTANT_DATA`; the folder of the Debian
/// package `dataset-fashion-mnist`; the cache; apt; the authors' address by HTTP. A folder that the user has named must
/// hold the data set; the other places may fail, and the next one is tried. What apt or HTTP bring is kept in the cache.
///
/// @see <a href="https://arxiv.org/abs/1708.07747">Xiao, Rasul and Vollgraf: Fashion-MNIST, 2017</a>
public final class FashionMnist {
    /// Names of the classes, by label.
    public static final List<String> CLASSES = List.of("t-shirt", "trouser", "pullover", "dress", "coat", "sandal",
            "shirt", "sneaker", "bag", "ankle boot");

    /// The variable that names a folder with the files.
    public static final String FOLDER_VARIABLE = "SEXTANT_DATA";

    static final Map<MnistFile, Fingerprint> CONTENT = Map.of(
            MnistFile.TRAIN_IMAGES, new Fingerprint(47_040_016,
                    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            MnistFile.TRAIN_LABELS, new Fingerprint(60_008,
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            MnistFile.TEST_IMAGES, new Fingerprint(7_840_016,
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            MnistFile.TEST_LABELS, new Fingerprint(10_008,
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

    private static final System.Logger LOG = System.getLogger(FashionMnist.class.getName());

    private final DataEnvironment environment;
    private final FashionFiles files;

    private FashionMnist(DataEnvironment environment, FashionFiles files) {
        this.environment = environment;
        this.files = files;
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
        return load(folder, environment, CONTENT);
    }

    /// The same for files with another content, so that tests need neither the real data nor a network.
    static TrainTest load(Optional<Path> folder, DataEnvironment environment, Map<MnistFile, Fingerprint> content) {
        return new FashionMnist(environment, new FashionFiles(content)).find(folder);
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
        for (Place place : places()) {
            try {
                place.announcement().ifPresent(this::say);
                return assemble(place.source().get(), place.name());
            } catch (DataException e) {
                failures.add(e.getMessage());
                say("not from " + place.name() + ": " + e.getMessage());
            }
        }
        throw new DataException("Fashion-MNIST was not found and cannot be fetched. Tried: %s. Either run 'apt install "
                + "dataset-fashion-mnist', or give a folder with the four files (--data DIR or $%s), or train on "
                + "generated shapes (--data synthetic)", String.join("; ", failures), FOLDER_VARIABLE);
    }

    /// Where to look when the user has not said where, in order.
    private List<Place> places() {
        Path packaged = environment.packageFolder();
        Path cache = environment.cacheFolder();
        var home = environment.home();
        return List.of(
                new Place("the Debian package in " + packaged, Optional.empty(), () -> files.read(packaged)),
                new Place("the cache " + cache, Optional.empty(), () -> files.read(cache)),
                new Place("apt", Optional.of("fetching 31 MB with apt"), new AptSource(environment, files)::fetch),
                new Place(home.toString(), Optional.of("fetching 31 MB from " + home),
                        new HttpSource(environment, files)::fetch));
    }

    /// @param announcement what to say before a try that takes time
    private record Place(String name, Optional<String> announcement, Supplier<Map<MnistFile, byte[]>> source) {
    }

    private TrainTest named(Path folder, String saidBy) {
        try {
            return assemble(files.read(folder), folder.toString());
        } catch (DataException e) {
            throw new DataException(e, "%s: %s. Name a folder with the four files of Fashion-MNIST, or leave it out to "
                    + "have them found or fetched", saidBy, e.getMessage());
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
